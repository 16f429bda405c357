import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
} from 'yaml';
import { isRecord, Manifest } from './manifest.ts';
import type { Pointer, Position, Range } from './position.ts';
import type { YamlDocument } from './yaml-document.ts';
import type { YamlFile, YamlProblem } from './yaml-file.ts';
import { exceedsLimits } from './yaml-guard.ts';
import { aliasInItself, repeatedKeys } from './yaml-structure.ts';
import { clusterTags } from './yaml-schema.ts';

/** Aliases may make a document this many times larger, as in the `yaml` package: enough for people, not for bombs. */
const MAX_ALIAS_COUNT = 100;
/** Problems listed for one file; one is enough to fail it. */
const MAX_PROBLEMS = 50;

/** `cluster`: as Go's YAML reads manifests. `core`: YAML 1.2's core schema, for our own configuration files. */
export type YamlFlavour = 'cluster' | 'core';

/**
 * Parses a stream of YAML documents, or JSON, keeping positions.
 *
 * @param text without a byte order mark
 */
export function parseYaml(path: string, text: string, flavour: YamlFlavour = 'cluster'): YamlFile {
  const lines = new LineCounter();
  const conflicts = mergeConflicts(text);
  if (conflicts.length > 0) return { documents: [], problems: conflicts, manifests: [] };

  const limit = exceedsLimits(text);
  if (limit !== null) {
    const problem: YamlProblem = {
      kind: 'limit',
      message: limit.reason,
      range: pointRange(positionIn(text, limit.offset)),
    };
    return { documents: [], problems: [problem], manifests: [] };
  }

  // The cluster's parser reads every document by the same rules, whatever version a directive asks for.
  const parsed = parseAllDocuments(text.replaceAll(/^%YAML/gm, '#YAML'), {
    ...(flavour === 'cluster' ? { version: '1.1', customTags: clusterTags } : { version: '1.2' }),
    merge: true,
    lineCounter: lines,
    logLevel: 'silent',
    prettyErrors: false,
    stringKeys: false,
    // Its own search for keys given twice takes quadratic time.
    uniqueKeys: false,
  });
  const composed = Array.isArray(parsed) ? (parsed as Document[]) : [];
  const problems: YamlProblem[] = [];
  const documents = composed.map((document) => readDocument(document, text, lines, problems));
  const manifests = documents.flatMap((document) => manifestsOf(path, document));
  return { documents, problems: problems.slice(0, MAX_PROBLEMS), manifests };
}

function readDocument(
  document: Document,
  text: string,
  lines: LineCounter,
  problems: YamlProblem[],
): YamlDocument {
  const toRange = (start: number, end: number): Range => ({
    start: positionAt(lines, start),
    end: positionAt(lines, Math.max(start, end)),
  });
  for (const error of document.errors) {
    problems.push({
      kind: 'syntax',
      message: firstLine(error.message),
      range: toRange(error.pos[0], error.pos[1]),
    });
  }
  for (const range of repeatedKeys(document, MAX_PROBLEMS)) {
    problems.push({ kind: 'duplicate-key', message: 'Map keys must be unique', range: toRange(...range) });
  }
  const circle = text.includes('*') ? aliasInItself(document) : null;
  if (circle !== null) {
    const message = 'an alias within what it stands for';
    problems.push({ kind: 'syntax', message, range: toRange(...circle) });
  }
  const readable = circle === null && document.errors.length === 0;
  return {
    value: readable ? toValue(document, toRange, problems) : undefined,
    rangeOf: (pointer, part = 'value') => locate(document, pointer, part, toRange),
    extentOf: (pointer) => extentOf(document, pointer, toRange),
    rangeWithin: (pointer, inner) =>
      rangeInBlock(document, pointer, inner, text, toRange) ?? locate(document, pointer, 'key', toRange),
  };
}

function toValue(
  document: Document,
  toRange: (start: number, end: number) => Range,
  problems: YamlProblem[],
): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIAS_COUNT });
  } catch (error) {
    const bomb = error instanceof ReferenceError && error.message.includes('alias count');
    const start = document.range?.[0] ?? 0;
    problems.push({
      kind: bomb ? 'limit' : 'syntax',
      message: bomb ? 'aliases that expand too far' : firstLine((error as Error).message),
      range: toRange(start, start),
    });
    return undefined;
  }
}

function manifestsOf(path: string, document: YamlDocument): Manifest[] {
  return collectManifests(path, document, [], withDefaultKind(path, document.value));
}

/** Lists may stand in lists; the depth of the text is limited already. */
function collectManifests(path: string, document: YamlDocument, at: Pointer, value: unknown): Manifest[] {
  if (!isObject(value)) return [];
  if (!value.kind.endsWith('List') || !Array.isArray(value['items'])) {
    return [new Manifest(path, document, at, value)];
  }
  return (value['items'] as unknown[]).flatMap((item, index) => {
    if (!isRecord(item)) return [];
    // As the API machinery does: items of a typed list take their kind from the list.
    const typed = {
      ...item,
      apiVersion: item['apiVersion'] ?? value.apiVersion,
      kind: item['kind'] ?? value.kind.slice(0, -'List'.length),
    };
    return collectManifests(path, document, [...at, 'items', String(index)], typed);
  });
}

/** As kustomize does: a file with its name need not say what it is. */
function withDefaultKind(path: string, value: unknown): unknown {
  if (!/(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path) || !isRecord(value)) return value;
  return { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...value };
}

function isObject(value: unknown): value is Record<string, unknown> & { apiVersion: string; kind: string } {
  return (
    isRecord(value) &&
    typeof value['apiVersion'] === 'string' &&
    typeof value['kind'] === 'string' &&
    value['kind'] !== ''
  );
}

interface Followed extends Child {
  /** False when there is nothing at the end of the pointer: these are the deepest that there are. */
  readonly whole: boolean;
}

/** Follows `pointer` as far as it goes. An item of a list has no key of its own. */
function follow(document: Document, pointer: Pointer): Followed {
  let value: Node | null = isNode(document.contents) ? document.contents : null;
  let key: Node | null = null;
  for (const step of pointer) {
    const next = child(document, value, step);
    if (next === null) return { key, value, whole: false };
    ({ key, value } = next);
  }
  return { key, value, whole: true };
}

function extentOf(
  document: Document,
  pointer: Pointer,
  toRange: (start: number, end: number) => Range,
): Range {
  const { key, value } = follow(document, pointer);
  const start = key?.range?.[0] ?? value?.range?.[0] ?? document.range?.[0] ?? 0;
  return toRange(start, value?.range?.[1] ?? key?.range?.[1] ?? start);
}

/** Null when the value is no literal block, whose lines alone stand as they are read. */
function rangeInBlock(
  document: Document,
  pointer: Pointer,
  inner: Range,
  text: string,
  toRange: (start: number, end: number) => Range,
): Range | null {
  const { value, whole } = follow(document, pointer);
  if (!whole || !isScalar(value) || value.type !== 'BLOCK_LITERAL' || !value.range) return null;
  const body = text.indexOf('\n', value.range[0]) + 1;
  const first = toRange(body, body).start.line;
  // The first line that is not blank has the block's indentation, unless the header gives another: then it is near enough.
  const indent = /^(?:[ \t]*\r?\n)*( *)/.exec(text.slice(body, value.range[1]))?.[1]?.length ?? 0;
  const outer = ({ line, column }: Position): Position => ({
    line: first + line - 1,
    column: column + indent,
  });
  return { start: outer(inner.start), end: outer(inner.end) };
}

/** Where the value at `pointer` stands, or the deepest parent that there is. */
function locate(
  document: Document,
  pointer: Pointer,
  part: 'value' | 'key',
  toRange: (start: number, end: number) => Range,
): Range {
  const { key, value, whole } = follow(document, pointer);
  if (!whole) part = 'key';
  const valueRange = value?.range ? toRange(value.range[0], value.range[1]) : null;
  const keyRange = key?.range ? toRange(key.range[0], key.range[1]) : null;
  const oneLine = valueRange !== null && valueRange.start.line === valueRange.end.line && !isEmptyNode(value);
  if (keyRange !== null && (part === 'key' || !oneLine)) return keyRange;
  if (valueRange === null) {
    const start = document.range?.[0] ?? 0;
    return toRange(start, start);
  }
  return oneLine ? valueRange : (firstKeyOf(value, toRange) ?? pointRange(valueRange.start));
}

function isEmptyNode(node: Node | null): boolean {
  return isScalar(node) && (node.range?.[0] ?? 0) === (node.range?.[1] ?? 0);
}

/** A map in a list, or a whole document, is pointed at by its first key. */
function firstKeyOf(node: Node | null, toRange: (start: number, end: number) => Range): Range | null {
  if (!isMap(node)) return null;
  const key = node.items[0]?.key;
  return isNode(key) && key.range ? toRange(key.range[0], key.range[1]) : null;
}

interface Child {
  readonly key: Node | null;
  readonly value: Node | null;
}

function child(document: Document, parent: Node | null, step: string): Child | null {
  const node = isAlias(parent) ? (parent.resolve(document) ?? null) : parent;
  if (isSeq(node)) {
    const item: unknown = node.items[Number(step)];
    return isNode(item) ? { key: null, value: item } : null;
  }
  if (!isMap(node)) return null;
  const pairs = node.items;
  const found = pairs.findLast((pair) => keyText(pair.key) === step);
  if (found !== undefined) return { key: asNode(found.key), value: asNode(found.value) };
  for (const pair of pairs) {
    if (!isScalar(pair.key) || pair.key.source !== '<<') continue;
    const merged = mergedChild(document, asNode(pair.value), step);
    if (merged !== null) return merged;
  }
  return null;
}

function mergedChild(document: Document, source: Node | null, step: string): Child | null {
  const node = isAlias(source) ? (source.resolve(document) ?? null) : source;
  if (isMap(node)) return child(document, node, step);
  if (!isSeq(node)) return null;
  for (const item of node.items) {
    const found = isNode(item) ? mergedChild(document, item, step) : null;
    if (found !== null) return found;
  }
  return null;
}

function keyText(key: unknown): string | null {
  if (isScalar(key)) return String(key.value);
  return isPair(key) || isNode(key) ? null : String(key);
}

function asNode(value: unknown): Node | null {
  return isNode(value) ? value : null;
}

/** One problem for each conflict, at the line where it begins. */
function mergeConflicts(text: string): YamlProblem[] {
  if (!/^<{7} /m.test(text) || !/^>{7} /m.test(text)) return [];
  const problems: YamlProblem[] = [];
  text.split('\n').forEach((line, index) => {
    if (!/^<{7} /.test(line)) return;
    problems.push({
      kind: 'merge-conflict',
      message: 'merge conflict marker',
      range: { start: { line: index + 1, column: 1 }, end: { line: index + 1, column: 8 } },
    });
  });
  return problems.slice(0, MAX_PROBLEMS);
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return line === 0 ? { line: 1, column: 1 } : { line, column: col };
}

function positionIn(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

function pointRange(position: Position): Range {
  return { start: position, end: position };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
