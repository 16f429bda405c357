import type { SchemaNode } from '../../src/manifests/custom-resources/schema-node.ts';
import { isRecord } from '../../src/manifests/manifest.ts';

/** What says nothing about values, or is CEL, which is not run. */
const LEFT_OUT = new Set(['description', 'title', 'x-kubernetes-validations']);
/** A map of schemas, one schema, and a list of them. */
const MAPS = new Set(['properties']);
const SINGLE = new Set(['items', 'additionalProperties', 'not']);
const LISTS = new Set(['allOf', 'anyOf', 'oneOf']);

/** Schemas of definitions by number; equal ones stand there once, and refer to those in them by their numbers. */
export class SchemaTable {
  readonly #numbers = new Map<string, number>();

  /** @param schema of a whole object; its status is left out, which nobody writes into a file */
  addRoot(schema: SchemaNode): number {
    const properties = isRecord(schema['properties']) ? schema['properties'] : {};
    const written = Object.entries(properties).filter(([name]) => name !== 'status');
    return this.#add({ ...schema, properties: Object.fromEntries(written) });
  }

  lines(): string[] {
    return [...this.#numbers.keys()];
  }

  #add(node: SchemaNode): number {
    const line = JSON.stringify(
      Object.fromEntries(
        Object.entries(node)
          .filter(([key]) => !LEFT_OUT.has(key))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => [key, this.#write(key, value)]),
      ),
    );
    const known = this.#numbers.get(line);
    if (known !== undefined) return known;
    this.#numbers.set(line, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  #write(key: string, value: unknown): unknown {
    if (SINGLE.has(key) && isRecord(value)) return this.#add(value);
    if (LISTS.has(key) && Array.isArray(value)) return value.filter(isRecord).map((one) => this.#add(one));
    if (MAPS.has(key) && isRecord(value)) {
      return Object.fromEntries(
        Object.entries(value).flatMap(([name, field]) => (isRecord(field) ? [[name, this.#add(field)]] : [])),
      );
    }
    return value;
  }
}
