import type { Constraint, Violation } from '../kubernetes/schema.ts';
import { isRecord } from '../manifest.ts';
import type { Pointer } from '../position.ts';
import { branchesAt, namesAt, nodeAt, nodesAt, textAt, type SchemaNode } from './schema-node.ts';
import type { PatternCompiler } from './pattern.ts';
import { valueTests, type ValueTest } from './value-tests.ts';
import type { Work } from './work.ts';

/** Branches that a message describes. */
const MAX_NAMED = 6;

/** Whether values meet the conditions in a schema: everything in it that is not about types and known fields. */
export class Conditions {
  readonly #work: Work;
  readonly #compile: PatternCompiler;
  readonly #tests = new WeakMap<SchemaNode, readonly ValueTest[]>();

  constructor(work: Work, compile: PatternCompiler) {
    this.#work = work;
    this.#compile = compile;
  }

  /** Those of one node. Its fields and items have constraints of their own, unless the node has no type. */
  constraintOf(node: SchemaNode): Constraint {
    const deep = textAt(node, 'type') === '';
    return (value) => {
      const found: Violation[] = [];
      if (deep) this.#collectAll(node, value, [], found);
      else this.#collectOwn(node, value, [], found);
      return found;
    };
  }

  #collectOwn(node: SchemaNode, value: unknown, below: Pointer, found: Violation[]): void {
    this.#work.spend(1);
    for (const test of this.#testsOf(node)) {
      const wanted = test(value);
      if (wanted !== null) found.push({ wanted, below, whole: Array.isArray(value) || isRecord(value) });
    }
    for (const branch of branchesAt(node, 'allOf')) this.#collectAll(branch, value, below, found);
    const any = branchesAt(node, 'anyOf');
    if (any.length > 0 && !any.some((branch) => this.#meets(branch, value))) {
      found.push({ wanted: nameChoice(any, 'anyOf'), below, whole: true });
    }
    const one = branchesAt(node, 'oneOf');
    if (one.length > 0 && one.filter((branch) => this.#meets(branch, value)).length !== 1) {
      found.push({ wanted: nameChoice(one, 'oneOf'), below, whole: true });
    }
    const not = nodeAt(node, 'not');
    if (not !== null && this.#meets(not, value))
      found.push({ wanted: nameExclusion(not), below, whole: true });
  }

  /** Every condition of a branch that must hold, each where it is broken. */
  #collectAll(node: SchemaNode, value: unknown, below: Pointer, found: Violation[]): void {
    this.#collectOwn(node, value, below, found);
    if (isRecord(value)) {
      for (const name of namesAt(node, 'required')) {
        if (!isThere(value, name)) found.push({ wanted: `a map with \`${name}\``, below, whole: true });
      }
      for (const [name, field] of nodesAt(node, 'properties')) {
        if (isThere(value, name)) this.#collectAll(field, value[name], [...below, name], found);
      }
    }
    const items = nodeAt(node, 'items');
    if (items === null || !Array.isArray(value)) return;
    for (const [index, item] of (value as unknown[]).entries()) {
      this.#collectAll(items, item, [...below, String(index)], found);
    }
  }

  #meets(node: SchemaNode, value: unknown): boolean {
    this.#work.spend(1);
    if (!hasType(value, textAt(node, 'type'))) return false;
    if (this.#testsOf(node).some((test) => test(value) !== null)) return false;
    if (isRecord(value) && !this.#meetsInFields(node, value)) return false;
    const items = nodeAt(node, 'items');
    if (
      items !== null &&
      Array.isArray(value) &&
      !(value as unknown[]).every((item) => this.#meets(items, item))
    ) {
      return false;
    }
    const any = branchesAt(node, 'anyOf');
    const one = branchesAt(node, 'oneOf');
    const not = nodeAt(node, 'not');
    return (
      branchesAt(node, 'allOf').every((branch) => this.#meets(branch, value)) &&
      (any.length === 0 || any.some((branch) => this.#meets(branch, value))) &&
      (one.length === 0 || one.filter((branch) => this.#meets(branch, value)).length === 1) &&
      (not === null || !this.#meets(not, value))
    );
  }

  #meetsInFields(node: SchemaNode, value: Readonly<Record<string, unknown>>): boolean {
    return (
      namesAt(node, 'required').every((name) => isThere(value, name)) &&
      nodesAt(node, 'properties').every(
        ([name, field]) => !isThere(value, name) || this.#meets(field, value[name]),
      )
    );
  }

  #testsOf(node: SchemaNode): readonly ValueTest[] {
    let tests = this.#tests.get(node);
    if (tests === undefined) {
      tests = valueTests(node, this.#work, this.#compile);
      this.#tests.set(node, tests);
    }
    return tests;
  }
}

function isThere(value: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.hasOwn(value, name);
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'integer':
      return typeof value === 'bigint' || Number.isInteger(value);
    case 'number':
      return typeof value === 'bigint' || typeof value === 'number';
    default:
      return true;
  }
}

/** Branches that only name fields can be told in words. */
function nameChoice(branches: readonly SchemaNode[], keyword: 'anyOf' | 'oneOf'): string {
  const fields = branches.map((branch) => namesAt(branch, 'required'));
  const plain = branches.every((branch) =>
    Object.keys(branch).every((key) => key === 'required' || key === 'properties' || key === 'not'),
  );
  if (!plain || fields.some((names) => names.length === 0) || fields.length > MAX_NAMED) {
    const how = keyword === 'anyOf' ? 'one' : 'exactly one';
    return `in ${how} of the forms listed under \`${keyword}\``;
  }
  const list = fields.map((names) => names.map((name) => `\`${name}\``).join(' and ')).join(' or ');
  return keyword === 'anyOf' ? `a map with ${list}` : `a map with either ${list}, and not several of them`;
}

function nameExclusion(not: SchemaNode): string {
  const names = namesAt(not, 'required');
  if (names.length > 0 && Object.keys(not).length === 1) {
    return `a map without ${names.map((name) => `\`${name}\``).join(' and ')}${names.length > 1 ? ' together' : ''}`;
  }
  return 'other than what its definition excludes under `not`';
}
