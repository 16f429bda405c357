import { isScalar, Schema, type ScalarTag } from 'yaml';
import { Unclear } from './simple-yaml/unclear.ts';
import type { YamlFlavour } from './yaml-file.ts';
import { clusterTags } from './yaml-schema.ts';

/** How every plain scalar begins that is no string. */
const NO_STRING = /^(?:[-+.~0-9]|[nNyYtTfFoO].{0,4}$)/s;

/** What a scalar without quotes is. @throws {Unclear} when it is not allowed */
export type Resolve = (text: string) => unknown;

/** Plain scalars, resolved by the very tags that the other parser has. */
function resolver(schema: Schema): Resolve {
  const tags = schema.tags.filter((tag): tag is ScalarTag => tag.default === true && 'test' in tag);
  return (text) => {
    const tag = NO_STRING.test(text) ? tags.find((one) => one.test?.test(text)) : undefined;
    if (tag === undefined) return text;
    const scalar = tag.resolve(text, refuseText, { intAsBigInt: false });
    return isScalar(scalar) ? scalar.value : scalar;
  };
}

function refuseText(): never {
  throw Unclear.error;
}

/** What stands without quotes, resolved as the other parser does. */
export const resolvePlain: Readonly<Record<YamlFlavour, Resolve>> = {
  cluster: resolver(new Schema({ schema: 'yaml-1.1', customTags: clusterTags, merge: true })),
  core: resolver(new Schema({ schema: 'core', merge: true })),
};
