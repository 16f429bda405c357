import { isRecord } from '../manifest.ts';
import type { Pointer } from '../position.ts';
import { branchesAt, isTrue, namesAt, nodeAt, nodesAt, own, textAt, type SchemaNode } from './schema-node.ts';
import type { PatternCompiler } from './pattern.ts';

/** One place where a schema is not what the API server takes as one. */
export interface SchemaFault {
  /** From the root of the schema. */
  readonly pointer: Pointer;
  /** Ends a sentence that begins with the place: "… must be …". */
  readonly fault: string;
}

/** Schemas in one definition; the largest published ones have some 30,000. */
export const MAX_SCHEMA_NODES = 200_000;
/** A definition that is no such schema at all must not fill the report. */
const MAX_FAULTS = 50;

const TYPES: ReadonlySet<string> = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean']);
const FORBIDDEN = [
  '$ref',
  'definitions',
  'dependencies',
  'patternProperties',
  'additionalItems',
  'id',
] as const;
/** What only the schema itself may say, and none of the conditions in it. */
const ONLY_OUTSIDE = ['default', 'additionalProperties', 'title', 'description'] as const;
const EXTENSIONS_OUTSIDE = [
  'nullable',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
] as const;

/** More schemas than are looked at: what else may be wrong is not known. */
export class TooManySchemas extends Error {
  constructor() {
    super(`more than ${String(MAX_SCHEMA_NODES)} schemas`);
    this.name = 'TooManySchemas';
  }
}

/**
 * Everything for which the API server refuses a schema as not structural, in document order.
 *
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 *
 * @param checkPart what is wrong with a value by a schema within this one
 * @throws {TooManySchemas}
 */
export function schemaFaults(
  root: SchemaNode,
  compile: PatternCompiler,
  checkPart: (value: unknown, node: SchemaNode) => readonly unknown[],
): readonly SchemaFault[] {
  const walk = new Walk(compile, checkPart);
  walk.outside(root, [], 'root');
  return walk.faults.slice(0, MAX_FAULTS);
}

class Walk {
  readonly faults: SchemaFault[] = [];
  readonly #compile: PatternCompiler;
  readonly #checkPart: (value: unknown, node: SchemaNode) => readonly unknown[];
  #nodes = 0;

  constructor(compile: PatternCompiler, checkPart: (value: unknown, node: SchemaNode) => readonly unknown[]) {
    this.#compile = compile;
    this.#checkPart = checkPart;
  }

  outside(node: SchemaNode, at: Pointer, place: 'root' | 'field' | 'item'): void {
    this.#count();
    this.#forbidden(node, at);
    this.#type(node, at, place);
    this.#object(node, at, place);
    this.#list(node, at);
    this.#pattern(node, at);
    this.#default(node, at);
    this.#conditions(node, at, isTrue(node, 'x-kubernetes-int-or-string'));
  }

  #say(pointer: Pointer, fault: string): void {
    this.faults.push({ pointer, fault });
  }

  #count(): void {
    this.#nodes += 1;
    if (this.#nodes > MAX_SCHEMA_NODES) throw new TooManySchemas();
  }

  #forbidden(node: SchemaNode, at: Pointer): void {
    for (const key of FORBIDDEN) {
      if (isFilled(own(node, key)))
        this.#say([...at, key], `must not stand there: schemas have no \`${key}\``);
    }
    if (isTrue(node, 'uniqueItems')) {
      this.#say([...at, 'uniqueItems'], 'must not be true: use `x-kubernetes-list-type: set`');
    }
  }

  #type(node: SchemaNode, at: Pointer, place: 'root' | 'field' | 'item'): void {
    const type = textAt(node, 'type');
    const intOrString = isTrue(node, 'x-kubernetes-int-or-string');
    const preserves = isTrue(node, 'x-kubernetes-preserve-unknown-fields');
    if (type !== '' && !TYPES.has(type)) {
      this.#say([...at, 'type'], `must be one of ${[...TYPES].join(', ')}`);
    } else if (place === 'root' && type !== 'object') {
      this.#say(type === '' ? at : [...at, 'type'], 'must have the type `object`');
    } else if (isTrue(node, 'x-kubernetes-embedded-resource') && type !== 'object') {
      this.#say(at, 'must have the type `object`, because it is an embedded resource');
    } else if (type === '' && !intOrString && !preserves) {
      this.#say(at, 'must have a `type`');
    }
    if (intOrString && preserves) {
      this.#say(
        at,
        'must not have `x-kubernetes-int-or-string` and `x-kubernetes-preserve-unknown-fields` together',
      );
    }
  }

  #object(node: SchemaNode, at: Pointer, place: 'root' | 'field' | 'item'): void {
    const others = own(node, 'additionalProperties');
    if (others !== undefined) {
      const here = [...at, 'additionalProperties'];
      if (place === 'root') this.#say(here, 'must not be used at the root');
      else if (own(node, 'properties') !== undefined) this.#say(here, 'must not stand beside `properties`');
      if (isRecord(others)) this.outside(others, here, 'field');
    }
    for (const [name, field] of nodesAt(node, 'properties')) {
      const here = [...at, 'properties', name];
      if (place === 'root' && name === 'metadata') this.#metadata(field, here);
      else this.outside(field, here, 'field');
    }
    const embedded = isTrue(node, 'x-kubernetes-embedded-resource');
    if (
      embedded &&
      !isTrue(node, 'x-kubernetes-preserve-unknown-fields') &&
      nodesAt(node, 'properties').length === 0
    ) {
      this.#say(
        at,
        'must have `properties` or `x-kubernetes-preserve-unknown-fields`, because it is an embedded resource',
      );
    }
  }

  #metadata(node: SchemaNode, at: Pointer): void {
    for (const [name] of nodesAt(node, 'properties')) {
      if (name !== 'name' && name !== 'generateName') {
        this.#say(
          [...at, 'properties', name],
          'must not stand there: only `name` and `generateName` can be restricted',
        );
      }
    }
  }

  #list(node: SchemaNode, at: Pointer): void {
    const items = own(node, 'items');
    if (textAt(node, 'type') === 'array' && items === undefined) this.#say(at, 'must have `items`');
    if (Array.isArray(items)) this.#say([...at, 'items'], 'must be one schema and not a list of them');
    if (isRecord(items)) this.outside(items, [...at, 'items'], 'item');
    const type = textAt(node, 'x-kubernetes-list-type');
    const keys = namesAt(node, 'x-kubernetes-list-map-keys');
    if (type === 'map' && keys.length === 0) this.#say(at, 'must name `x-kubernetes-list-map-keys`');
    if (type !== 'map' && keys.length > 0) {
      this.#say([...at, 'x-kubernetes-list-map-keys'], 'needs `x-kubernetes-list-type: map`');
    }
    if (type !== 'map' || !isRecord(items)) return;
    const required = new Set(namesAt(items, 'required'));
    for (const key of keys) {
      const field = nodeAt(nodeAt(items, 'properties') ?? {}, key);
      if (field === null)
        this.#say([...at, 'x-kubernetes-list-map-keys'], `names \`${key}\`, which its items do not have`);
      else if (!required.has(key) && own(field, 'default') === undefined) {
        this.#say(
          [...at, 'items', 'properties', key],
          'must be required or have a default, because it is a key of the list',
        );
      }
    }
  }

  #pattern(node: SchemaNode, at: Pointer): void {
    const source = textAt(node, 'pattern');
    if (source !== '' && this.#compile(source) === null) {
      this.#say(
        [...at, 'pattern'],
        'must be a regular expression of RE2: without look-ahead and back-references',
      );
    }
  }

  #default(node: SchemaNode, at: Pointer): void {
    const value = own(node, 'default');
    if (value === undefined) return;
    const [first] = this.#checkPart(value, node);
    if (first !== undefined) this.#say([...at, 'default'], 'must be a value that the schema itself allows');
  }

  #conditions(node: SchemaNode, at: Pointer, typed: boolean): void {
    for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
      branchesAt(node, keyword).forEach((branch, index) => {
        this.#inside(branch, [...at, keyword, String(index)], typed);
      });
    }
    const not = nodeAt(node, 'not');
    if (not !== null) this.#inside(not, [...at, 'not'], false);
  }

  #inside(node: SchemaNode, at: Pointer, typed: boolean): void {
    this.#count();
    this.#forbidden(node, at);
    this.#pattern(node, at);
    const outside = [
      ...(typed ? [] : ['type']),
      ...ONLY_OUTSIDE,
      ...EXTENSIONS_OUTSIDE.filter((key) => isTrue(node, key)),
    ];
    for (const key of outside) {
      if (own(node, key) !== undefined)
        this.#say([...at, key], 'must stand outside of allOf, anyOf, oneOf and not');
    }
    for (const [name, field] of nodesAt(node, 'properties')) {
      this.#inside(field, [...at, 'properties', name], false);
    }
    const items = nodeAt(node, 'items');
    if (items !== null) this.#inside(items, [...at, 'items'], false);
    this.#conditions(node, at, typed);
  }
}

function isFilled(value: unknown): boolean {
  if (isRecord(value)) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== '' && value !== false;
}
