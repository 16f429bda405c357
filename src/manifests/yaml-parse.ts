import type { Document } from 'yaml';
import { isRecord, Manifest } from './manifest.ts';
import type { Pointer, Position } from './position.ts';
import { simpleValues } from './simple-yaml/index.ts';
import { compose, LocatedDocument, type YamlText } from './yaml-composition.ts';
import type { YamlDocument } from './yaml-document.ts';
import type { YamlFile, YamlFlavour, YamlProblem } from './yaml-file.ts';
import { exceedsLimits, MAX_TOKENS } from './yaml-guard.ts';
import { pointRange, type ToRange } from './yaml-locate.ts';
import { aliasInItself, repeatedKeys } from './yaml-structure.ts';
import { fastValues } from './yaml-values.ts';

/** Aliases may make a document this many times larger, as in the `yaml` package: enough for people, not for bombs. */
const MAX_ALIAS_COUNT = 100;
/** Problems listed for one file; one is enough to fail it. */
const MAX_PROBLEMS = 50;

/**
 * Parses a stream of YAML documents, or JSON, keeping positions.
 *
 * @param text without a byte order mark
 */
export function parseYaml(path: string, text: string, flavour: YamlFlavour = 'cluster'): YamlFile {
  const conflicts = mergeConflicts(text);
  if (conflicts.length > 0) return { documents: [], problems: conflicts, manifests: [] };
  // Who reads a text fast bounds its depth, and not the number of its tokens.
  const limit = isLarge(text) ? limitProblem(text) : null;
  if (limit !== null) return limit;
  const simple = simpleValues(text, flavour);
  const values = simple ?? fastValues(text, flavour);
  const source: YamlText = { text, flavour, isSimple: simple !== null };
  if (values === null) return parseExactly(path, source);
  const documents = values.map((value, index) => new LocatedDocument(value, source, index));
  return { documents, problems: [], manifests: documents.flatMap((document) => manifestsOf(path, document)) };
}

/** By the parser that decides what is wrong with a text, of which a large one is known to be within the limits. */
function parseExactly(path: string, source: YamlText): YamlFile {
  const limit = isLarge(source.text) ? null : limitProblem(source.text);
  if (limit !== null) return limit;
  const problems: YamlProblem[] = [];
  const { documents: composed, toRange } = compose(source);
  const documents = composed.map(
    (document, index) =>
      new LocatedDocument(valueOf(document, source.text, toRange, problems), source, index),
  );
  const manifests = documents.flatMap((document) => manifestsOf(path, document));
  return { documents, problems: problems.slice(0, MAX_PROBLEMS), manifests };
}

/** Whether the text can have more tokens than are allowed: none has more than characters. */
function isLarge(text: string): boolean {
  return text.length > MAX_TOKENS;
}

/** What a text is that exceeds the limits: unread, with the reason; null when it is within them. */
function limitProblem(text: string): YamlFile | null {
  const limit = exceedsLimits(text);
  if (limit === null) return null;
  const problem: YamlProblem = {
    kind: 'limit',
    message: limit.reason,
    range: pointRange(positionIn(text, limit.offset)),
  };
  return { documents: [], problems: [problem], manifests: [] };
}

/** Undefined when there are errors; each becomes a problem. */
function valueOf(document: Document, text: string, toRange: ToRange, problems: YamlProblem[]): unknown {
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
  return readable ? toValue(document, toRange, problems) : undefined;
}

function toValue(document: Document, toRange: ToRange, problems: YamlProblem[]): unknown {
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

function positionIn(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
