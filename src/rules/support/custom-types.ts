import type { FileVersion } from '../../engine/change.ts';
import type { ObjectIndex } from '../../engine/object-index.ts';
import { compilePattern } from '../../engine/re2.ts';
import { ResourceChecker } from '../../manifests/custom-resources/check-resource.ts';
import {
  DEFINITION_GROUP,
  DEFINITION_KIND,
  readDefinition,
  type Definition,
  type DefinedVersion,
} from '../../manifests/custom-resources/definition.ts';
import { boundedPatterns } from '../../manifests/custom-resources/pattern.ts';
import { Work } from '../../manifests/custom-resources/work.ts';
import type { Manifest } from '../../manifests/manifest.ts';

/** The kinds that rules need at hand to know the custom resources of a repository. */
export const DEFINITION_KINDS = [DEFINITION_KIND] as const;

const GROUP = /^\s*["']?group["']?\s*:\s*["']?([a-z0-9.-]+)/gm;
const MAX_GROUPS = 10;

/** A version of a definition in the repository. */
export interface Defined {
  readonly definition: Definition;
  readonly version: DefinedVersion;
}

/** The custom resources that the CustomResourceDefinitions of one revision describe. */
export class CustomTypes {
  readonly checker = new ResourceChecker(
    new Work(),
    boundedPatterns((source) => compilePattern(source)),
  );
  readonly #byKind = new Map<string, Definition[]>();

  constructor(objects: ObjectIndex) {
    for (const object of objects.of(DEFINITION_GROUP, DEFINITION_KIND)) {
      if (object.form !== 'whole') continue;
      const definition = readDefinition(object);
      if (definition === null) continue;
      const key = `${definition.group}/${definition.kind}`;
      this.#byKind.set(key, [...(this.#byKind.get(key) ?? []), definition]);
    }
  }

  /** The definitions of a kind; a repository may hold several releases of one. The nearest to the object comes first. */
  definitionsOf({ group, kind, path }: Pick<Manifest, 'group' | 'kind' | 'path'>): readonly Definition[] {
    const found = this.#byKind.get(`${group}/${kind}`) ?? [];
    return found.length < 2
      ? found
      : [...found].sort((a, b) => sharedSteps(b.path, path) - sharedSteps(a.path, path));
  }

  /** Those of the definitions that serve the version of the object. */
  servedFor(manifest: Manifest): readonly Defined[] {
    return this.definitionsOf(manifest).flatMap((definition) => {
      const version = definition.versions.find(({ name, served }) => served && name === manifest.version);
      return version === undefined ? [] : [{ definition, version }];
    });
  }
}

const known = new WeakMap<ObjectIndex, CustomTypes>();

/** Needs `DEFINITION_KINDS` among the rule's kinds. */
export function customTypesOf(objects: ObjectIndex): CustomTypes {
  let types = known.get(objects);
  if (types === undefined) {
    types = new CustomTypes(objects);
    known.set(objects, types);
  }
  return types;
}

/** Groups whose definitions a file holds, as far as its text tells; for `CodeRule.concerns`. */
export function groupsDefinedIn({ content }: FileVersion): readonly string[] {
  const bytes = content === null ? null : Buffer.from(content);
  if (bytes?.includes(DEFINITION_KIND) !== true) return [];
  const groups = [...bytes.toString('utf8').matchAll(GROUP)].map(([, group = '']) => `${group}/`);
  return [...new Set(groups)].slice(0, MAX_GROUPS);
}

/** How many folders two paths have in common. */
function sharedSteps(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  const differs = left.findIndex((step, index) => step !== right[index]);
  return differs < 0 ? left.length : differs;
}
