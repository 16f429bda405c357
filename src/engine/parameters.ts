import type { ValidateFunction } from 'ajv';
import { checkJsonSchema, compileJsonSchema } from './document-schema.ts';
import type { Parameter } from './rule.ts';

const compiled = new WeakMap<object, ValidateFunction>();

/** Why a value does not fit a parameter, or why none can, as a clause; null when it fits. */
export function parameterProblem({ schema }: Pick<Parameter, 'schema'>, value: unknown): string | null {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    try {
      checkJsonSchema(schema);
      validate = compileJsonSchema(schema);
    } catch (error) {
      return `its \`schema\` is not a usable JSON Schema: ${(error as Error).message}`;
    }
    compiled.set(schema, validate);
  }
  if (validate(value)) return null;
  const [first] = validate.errors ?? [];
  const place =
    first?.instancePath === undefined || first.instancePath === '' ? '' : ` at ${first.instancePath}`;
  return `its value${place} ${first?.message ?? 'is not allowed'}`;
}
