import type { Pointer, Range } from './position.ts';
import type { YamlDocument } from './yaml-document.ts';

/** One Kubernetes object: a document of a file, or an item of a List in it. */
export class Manifest {
  readonly path: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Null when absent (a patch may name none, `generateName` is not a name). */
  readonly name: string | null;
  readonly namespace: string | null;
  /** The object as the cluster reads it. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly #document: YamlDocument;
  readonly #root: Pointer;

  constructor(path: string, document: YamlDocument, root: Pointer, value: Readonly<Record<string, unknown>>) {
    const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
    this.path = path;
    this.apiVersion = asText(value['apiVersion']) ?? '';
    this.kind = asText(value['kind']) ?? '';
    this.name = asText(metadata['name']);
    this.namespace = asText(metadata['namespace']);
    this.value = value;
    this.#document = document;
    this.#root = root;
  }

  /** API group; empty for the core group. */
  get group(): string {
    const slash = this.apiVersion.indexOf('/');
    return slash < 0 ? '' : this.apiVersion.slice(0, slash);
  }

  get version(): string {
    return this.apiVersion.slice(this.apiVersion.indexOf('/') + 1);
  }

  /** Only a part of an object: a patch that stands within another one. */
  get partial(): boolean {
    return this.#document.partial === true;
  }

  /** Where the value at `pointer` stands; the deepest existing parent's key when there is no such value. */
  rangeOf(pointer: Pointer, part: 'value' | 'key' = 'value'): Range {
    return this.#document.rangeOf([...this.#root, ...pointer], part);
  }

  /** Everything from the key at `pointer` to the end of its value. */
  extentOf(pointer: Pointer): Range {
    const whole = [...this.#root, ...pointer];
    return this.#document.extentOf?.(whole) ?? this.#document.rangeOf(whole);
  }

  /** Where a part of the text at `pointer` stands, as far as that can be told. */
  rangeWithin(pointer: Pointer, inner: Range): Range {
    const whole = [...this.#root, ...pointer];
    return this.#document.rangeWithin?.(whole, inner) ?? this.#document.rangeOf(whole, 'key');
  }
}

/** True for a map, false for null, lists and scalars. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string that is not empty, else null. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A string that is not empty, or a number as a text; else null. */
export function scalarText(value: unknown): string | null {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : asText(value);
}

/** The items of a list; none for anything else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
