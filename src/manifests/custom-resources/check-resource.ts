import { checkValue } from '../kubernetes/check-value.ts';
import type { Fault, Schema } from '../kubernetes/schema.ts';
import { Conditions } from './conditions.ts';
import { withDefaults } from './defaults.ts';
import type { DefinedVersion, Definition } from './definition.ts';
import type { PatternCompiler } from './pattern.ts';
import type { SchemaNode } from './schema-node.ts';
import { partSchema, rootSchema, type StructuralOptions } from './structural-schema.ts';
import type { Work } from './work.ts';

/** Checks objects against the definitions of their kinds, as the API server does, but for CEL (`x-kubernetes-validations`). */
export class ResourceChecker {
  readonly #work: Work;
  readonly #compile: PatternCompiler;
  readonly #schemas = new WeakMap<DefinedVersion, Schema>();

  constructor(work: Work, compile: PatternCompiler) {
    this.#work = work;
    this.#compile = compile;
  }

  /**
   * Every place where an object is not what its definition allows; none when the version has no schema.
   *
   * @throws {TooMuchWork} when the definition asks for more than a review does
   */
  check(
    value: Readonly<Record<string, unknown>>,
    definition: Definition,
    version: DefinedVersion,
  ): readonly Fault[] {
    if (version.schema === null) return [];
    let schema = this.#schemas.get(version);
    if (schema === undefined) {
      schema = rootSchema(version.schema, this.#options(definition.keepsUnknown));
      this.#schemas.set(version, schema);
    }
    this.#work.startObject();
    return checkValue(withDefaults(value, version.schema), schema);
  }

  /**
   * The same for a value that one schema of a definition describes, such as a default.
   *
   * @throws {TooMuchWork}
   */
  checkPart(value: unknown, node: SchemaNode): readonly Fault[] {
    this.#work.startObject();
    return checkValue(withDefaults(value, node), partSchema(node, this.#options(false)));
  }

  #options(keepUnknown: boolean): StructuralOptions {
    return { conditions: new Conditions(this.#work, this.#compile), keepUnknown };
  }
}
