import { isRecord } from '../manifest.ts';
import { textOfBinary } from '../plain-secret.ts';
import { parseStep, type Pointer, type Range } from '../position.ts';
import type { YamlDocument } from '../yaml-document.ts';
import { credentialsInArguments } from './arguments.ts';
import { kindByForm, kindOfNamed, type Use } from './check.ts';
import { dockerLoginsOf } from './exposed.ts';
import type { CredentialKind } from './kinds.ts';
import { credentialsOnLines, isProgram } from './lines.ts';
import { parseBounded, parseEmbedded } from './parse.ts';
import { isSecretObject, isSecretPatch } from './secret-objects.ts';

/** A credential that stands in plain text in an object or a file. */
export interface FoundCredential {
  readonly pointer: Pointer;
  /** Within the text at `pointer`; null when the whole value is meant. */
  readonly inner: Range | null;
  /** What it is called where it stands. */
  readonly key: string;
  readonly kind: CredentialKind;
  readonly value: unknown;
}

/** Fields below which nothing is a value: references, selectors, and what only describes. */
const NO_VALUES =
  /^(?:secretGenerator|valueFrom|.*[rR]efs?|.*Selector|selector|matchLabels|labels|managedFields|status|openAPIV3Schema|remoteRef|jsonSchema|schema)$/;
const known = new Map<string, boolean>();
const MAX_KNOWN = 10_000;

/** The same keys stand in a repository over and over. */
function holdsNoValues(key: string): boolean {
  let answer = known.get(key);
  if (answer === undefined) {
    answer = NO_VALUES.test(key);
    if (known.size >= MAX_KNOWN) known.clear();
    if (key.length < 100) known.set(key, answer);
  }
  return answer;
}

/** Texts in texts are followed this far; deeper ones are read line by line. */
const MAX_TEXTS = 4;

/** Every credential in a value, by the names that stand beside values and by their form. */
export function credentialsIn(root: unknown, use: Use): FoundCredential[] {
  const walk = new Walk(use);
  walk.visit(root, [], '', 0);
  return walk.found;
}

class Walk {
  readonly found: FoundCredential[] = [];
  readonly #use: Use;
  /** What aliases repeat is the same text, and looked at once. */
  readonly #seen = new Set<object>();

  constructor(use: Use) {
    this.#use = use;
  }

  visit(value: unknown, pointer: Pointer, name: string, texts: number): void {
    if (typeof value === 'string') {
      this.#text(value, pointer, name, texts);
    } else if (typeof value === 'number' || typeof value === 'bigint') {
      this.#named(name, String(value), pointer, this.#use);
    } else if (ArrayBuffer.isView(value)) {
      this.#text(textOfBinary(value) ?? '', pointer, name, texts);
    } else if (typeof value === 'object' && value !== null && !this.#seen.has(value)) {
      this.#seen.add(value);
      if (Array.isArray(value)) this.#list(value as unknown[], pointer, name, texts);
      else if (isRecord(value)) this.#map(value, pointer, name, texts);
    }
  }

  #map(map: Readonly<Record<string, unknown>>, pointer: Pointer, name: string, texts: number): void {
    // Secrets are judged by a rule of their own, wherever they stand.
    if (isSecretObject(map) || isSecretPatch(map)) return;
    if (isRecord(map['auths'])) {
      for (const login of dockerLoginsOf(map))
        this.#add([...pointer, ...login], 'auth', 'registry', map['auths']);
      return;
    }
    const label = labelOf(map);
    for (const [key, item] of Object.entries(map)) {
      if (holdsNoValues(key)) continue;
      const at = [...pointer, key];
      if (label !== null && key === label.field) this.#pair(label.name, item, at, texts);
      else if (key === 'args' || key === 'command') this.#arguments(item, at, texts);
      else this.visit(item, at, name !== '' && key === 'value' ? name : key, texts);
    }
  }

  /** `name: DB_PASSWORD` beside `value: …`, and the operations of a JSON patch. */
  #pair(name: string, value: unknown, pointer: Pointer, texts: number): void {
    const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
    if (scalar && this.#named(name, String(value), pointer, 'setting')) return;
    this.visit(value, pointer, name, texts);
  }

  #arguments(value: unknown, pointer: Pointer, texts: number): void {
    if (!Array.isArray(value)) {
      this.visit(typeof value === 'string' ? [value] : value, pointer, '', texts);
      return;
    }
    for (const { index, key, kind, value: item } of credentialsInArguments(value as unknown[])) {
      this.#add([...pointer, String(index)], key, kind, item);
    }
  }

  #list(list: readonly unknown[], pointer: Pointer, name: string, texts: number): void {
    list.forEach((item, index) => {
      const at = [...pointer, String(index)];
      const assignment = typeof item === 'string' ? /^([A-Za-z_][\w.-]{0,100})=(.*)$/s.exec(item) : null;
      if (assignment !== null && this.#named(assignment[1] ?? '', assignment[2] ?? '', at, 'setting')) return;
      this.visit(item, at, typeof item === 'string' ? '' : name, texts);
    });
  }

  #text(text: string, pointer: Pointer, name: string, texts: number): void {
    const file = /\n\s*\S|^\s*[{[]/.test(text.trimEnd());
    if (!file) {
      if (this.#named(name, text, pointer, this.#use)) return;
      const kind = kindByForm(text);
      if (kind !== null) this.#add(pointer, name, kind, text);
      else if (text.endsWith('\n') || /\.\w{1,10}$/.test(name)) this.#lines(text, pointer, name);
      return;
    }
    if (
      texts < MAX_TEXTS &&
      !isProgram(name, text) &&
      HINT.test(text) &&
      this.#structure(text, pointer, name, texts)
    )
      return;
    this.#lines(text, pointer, name);
    const encoded = kindByForm(text);
    if (encoded !== null && !this.found.some((one) => one.pointer === pointer))
      this.#add(pointer, name, encoded, text);
  }

  #lines(text: string, pointer: Pointer, name: string): void {
    for (const { range, key, kind, value } of credentialsOnLines(text, isProgram(name, text))) {
      this.found.push({ pointer, inner: range, key, kind, value });
    }
  }

  /** Reads a text as YAML or JSON; false when it is neither. */
  #structure(text: string, pointer: Pointer, name: string, texts: number): boolean {
    if (/^\s*[{[]/.test(text)) {
      // JSON without a finding needs no positions, and dashboards are large.
      const quick = parseBounded(text);
      if (quick !== undefined && new Walk(use(name, this.#use)).count(quick, texts + 1) === 0) return true;
    } else if (
      !/\.(?:ya?ml|json)$/i.test(name) &&
      !/^\s*(?:#.*\n\s*)*(?:---|["']?[\w.-]+["']?:(?:\s|$)|- )/.test(text)
    ) {
      return false;
    }
    const documents = parseEmbedded(text)?.documents;
    if (!documents?.some(({ value }) => typeof value === 'object')) return false;
    for (const document of documents) this.#document(document, pointer, use(name, this.#use), texts);
    return true;
  }

  #document(document: YamlDocument, pointer: Pointer, within: Use, texts: number): void {
    const inner = new Walk(within);
    inner.visit(document.value, [], '', texts + 1);
    for (const one of inner.found) {
      const range =
        one.inner === null
          ? document.rangeOf(one.pointer, 'key')
          : (document.rangeWithin?.(one.pointer, one.inner) ?? document.rangeOf(one.pointer, 'key'));
      this.found.push({ ...one, pointer, inner: range });
    }
  }

  count(value: unknown, texts: number): number {
    this.visit(value, [], '', texts);
    return this.found.length;
  }

  #named(name: string, text: string, pointer: Pointer, how: Use): boolean {
    const kind = kindOfNamed(name, text, how);
    if (kind !== null) this.#add(pointer, name, kind, text);
    return kind !== null;
  }

  #add(pointer: Pointer, key: string, kind: CredentialKind, value: unknown): void {
    this.found.push({ pointer, inner: null, key, kind, value });
  }
}

const HINT = /pass|pwd|secret|token|key|cred|auth|:\/\/|\beyJ|PRIVATE/i;

/** A file in a ConfigMap is a configuration file; Helm values stay what they are. */
function use(name: string, outer: Use): Use {
  return /^values?(?:Content|Object)?$|values.*\.ya?ml$/i.test(name) ? 'field' : outer;
}

interface Label {
  readonly name: string;
  readonly field: string;
}

function labelOf(map: Readonly<Record<string, unknown>>): Label | null {
  if (!('value' in map)) return null;
  if (typeof map['op'] === 'string' && typeof map['path'] === 'string') {
    const last = map['path'].split('/').at(-1) ?? '';
    return { name: parseStep(last), field: 'value' };
  }
  const name = map['name'] ?? map['key'];
  return typeof name === 'string' ? { name, field: 'value' } : null;
}
