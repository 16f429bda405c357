import { isRecord, type Manifest } from '../manifest.ts';
import { plainKeysOf, type PlainKey } from '../plain-secret.ts';
import { parseStep, type Pointer, type Range } from '../position.ts';
import { valueAt } from '../workload.ts';
import { isExposed } from './exposed.ts';
import { parseEmbedded } from './parse.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A key of a Secret that can be read, wherever the Secret stands. */
export interface ExposedKey extends PlainKey {
  /** The way from the root of the object or document that was searched. */
  readonly place: Pointer;
  /** Within the text at `place`; null when the place says it all. */
  readonly inner: Range | null;
  /** The Secret that it belongs to; null for a generator or patch, which has no object. */
  readonly secret: Fields | null;
}

/** True for a Secret of Kubernetes inside another object or file. */
export function isSecretObject(value: Fields): boolean {
  return value['kind'] === 'Secret' && value['apiVersion'] === 'v1';
}

/** A patch that is aimed at a Secret, or an operation that can only be for one. */
export function isSecretPatch(value: Fields): boolean {
  if (isRecord(value['target']) && value['target']['kind'] === 'Secret' && 'patch' in value) return true;
  return typeof value['op'] === 'string' && /^\/stringData(?:\/|$)/.test(String(value['path']));
}

/** Texts in texts are followed this far. */
const MAX_TEXTS = 3;

/** Everything readable in the Secrets of an object: itself, objects and texts within it, patches and generators. */
export function exposedSecretsIn(root: unknown): ExposedKey[] {
  const search = new Search();
  search.visit(root, [], 0);
  return search.found;
}

class Search {
  readonly found: ExposedKey[] = [];
  readonly #seen = new Set<object>();

  visit(value: unknown, pointer: Pointer, texts: number): void {
    if (typeof value === 'string') {
      if (texts < MAX_TEXTS && /\bSecret\b|stringData/.test(value)) this.#text(value, pointer, texts);
      return;
    }
    if (typeof value !== 'object' || value === null || this.#seen.has(value)) return;
    this.#seen.add(value);
    if (Array.isArray(value)) {
      (value as unknown[]).forEach((item, index) => {
        this.visit(item, [...pointer, String(index)], texts);
      });
    } else if (isRecord(value)) {
      this.#map(value, pointer, texts);
    }
  }

  #map(map: Fields, pointer: Pointer, texts: number): void {
    if (isSecretObject(map)) {
      this.#keys(plainKeysOf(map), pointer, map);
      return;
    }
    if (isSecretPatch(map)) {
      this.#patch(map, pointer, texts);
      return;
    }
    if (map['kind'] === 'SecretGenerator' && map['apiVersion'] === 'builtin') {
      this.#generator(map, pointer);
      return;
    }
    if (map['kind'] === 'SecretList' && Array.isArray(map['items'])) {
      (map['items'] as unknown[]).forEach((item, index) => {
        const at = [...pointer, 'items', String(index)];
        if (isRecord(item)) this.#keys(plainKeysOf(item), at, item);
      });
      return;
    }
    for (const [key, item] of Object.entries(map)) {
      const at = [...pointer, key];
      if (key === 'secretGenerator') this.#generators(item, at);
      else if (key === 'secretTemplates') this.#templates(item, at);
      else this.visit(item, at, texts);
    }
  }

  #keys(keys: readonly PlainKey[], pointer: Pointer, secret: Fields | null): void {
    for (const key of keys) {
      if (isExposed(key) && !isPublicByType(secret, key))
        this.found.push({ ...key, place: [...pointer, ...key.pointer], inner: null, secret });
    }
  }

  /** A text that holds objects or operations. */
  #text(text: string, pointer: Pointer, texts: number): void {
    for (const document of parseEmbedded(text)?.documents ?? []) {
      const inner = new Search();
      inner.visit(document.value, [], texts + 1);
      for (const one of inner.found) {
        const range = one.inner === null ? null : document.rangeWithin?.(one.place, one.inner);
        this.found.push({ ...one, place: pointer, inner: range ?? document.rangeOf(one.place, 'key') });
      }
    }
  }

  #patch(patch: Fields, pointer: Pointer, texts: number): void {
    if (typeof patch['op'] === 'string') {
      this.#keys(operationKeys(patch), pointer, null);
      return;
    }
    const text = patch['patch'];
    if (typeof text !== 'string') return;
    for (const document of parseEmbedded(text)?.documents ?? []) {
      const { value } = document;
      const operations = Array.isArray(value) ? (value as unknown[]) : [];
      operations.forEach((operation, index) => {
        const keys = isRecord(operation) ? operationKeys(operation) : [];
        for (const key of keys.filter(isExposed)) {
          const inner = document.rangeOf([String(index), 'value', ...key.pointer.slice(1)], 'key');
          this.found.push({ ...key, place: [...pointer, 'patch'], inner, secret: null });
        }
      });
      if (isRecord(value)) {
        // A strategic merge patch may leave out what it patches.
        const keys = plainKeysOf(value).filter(isExposed);
        for (const key of keys) {
          const inner = document.rangeOf(key.pointer, 'key');
          this.found.push({
            ...key,
            place: [...pointer, 'patch'],
            inner,
            secret: texts === 0 ? value : null,
          });
        }
      }
    }
  }

  /** `secretGenerator` of kustomize. What it reads from files is judged in those files. */
  #generators(value: unknown, pointer: Pointer): void {
    if (!Array.isArray(value)) return;
    (value as unknown[]).forEach((generator, index) => {
      if (isRecord(generator)) this.#generator(generator, [...pointer, String(index)]);
    });
  }

  #generator(generator: Fields, pointer: Pointer): void {
    const { literals, name, type, metadata = { name } } = generator;
    if (!Array.isArray(literals)) return;
    (literals as unknown[]).forEach((literal, at) => {
      const [, key = '', text = ''] =
        typeof literal === 'string' ? (/^([^=]*)=(.*)$/s.exec(literal) ?? []) : [];
      const place = ['literals', String(at)];
      const one: PlainKey = { pointer: place, field: 'literals', key, value: unquoted(text) };
      this.#keys([one], pointer, { metadata, type });
    });
  }

  /** `SopsSecret` keeps whole Secrets as templates. */
  #templates(value: unknown, pointer: Pointer): void {
    if (!Array.isArray(value)) return;
    (value as unknown[]).forEach((template, index) => {
      if (isRecord(template)) this.#keys(plainKeysOf(template), [...pointer, String(index)], template);
    });
  }
}

/** The half of a bootstrap token that names it, and what describes it. */
function isPublicByType(secret: Fields | null, { key }: PlainKey): boolean {
  return (
    secret?.['type'] === 'bootstrap.kubernetes.io/token' &&
    /^(?:token-id|auth-extra-groups|usage-.*)$/.test(key)
  );
}

/** What an operation of a JSON patch puts into a Secret. */
function operationKeys(operation: Fields): PlainKey[] {
  const { path, value } = operation;
  const [, field, rest] =
    /^\/(data|stringData)(?:\/(.*))?$/s.exec(typeof path === 'string' ? path : '') ?? [];
  if (field === undefined || operation['op'] === 'remove' || operation['op'] === 'test') return [];
  const entries: (readonly [string, unknown, Pointer])[] =
    rest === undefined
      ? Object.entries(isRecord(value) ? value : {}).map(
          ([key, item]) => [key, item, ['value', key]] as const,
        )
      : [[parseStep(rest), value, ['value']]];
  return entries.flatMap(([key, item, pointer]) =>
    plainKeysOf({ [field]: { [key]: item } }).map((plain) => ({ ...plain, pointer })),
  );
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}

/** Where a Secret's values are filled in from elsewhere, and literals may stand between. */
const TEMPLATES: readonly Pointer[] = [
  ['spec', 'target', 'template', 'data'],
  ['spec', 'externalSecretSpec', 'target', 'template', 'data'],
  ['spec', 'template', 'data'],
  ['spec', 'template', 'stringData'],
];

/** The literal data in the template of an ExternalSecret or SealedSecret. */
export function templateDataOf(manifest: Manifest): { readonly pointer: Pointer; readonly value: Fields }[] {
  return TEMPLATES.flatMap((pointer) => {
    const value = valueAt(manifest.value, pointer);
    return isRecord(value) ? [{ pointer, value }] : [];
  });
}
