import { isRecord } from '../manifest.ts';
import { formatFault, rangeFault } from './formats.ts';
import { isTrue, numberAt, own, textAt, type SchemaNode } from './schema-node.ts';
import type { CompiledPattern, PatternCompiler } from './pattern.ts';
import type { Work } from './work.ts';

/** Names the fault of one value by itself: how a sentence ends that begins with "must be". Null when there is none. */
export type ValueTest = (value: unknown) => string | null;

/** Values of an enumeration that a message lists. */
const MAX_NAMED = 8;
const MAX_NAME = 60;

/** What a node asks of a value besides its type, without looking into fields and items. */
export function valueTests(node: SchemaNode, work: Work, compile: PatternCompiler): readonly ValueTest[] {
  return [
    enumTest(node),
    patternTest(node, work, compile),
    formatTest(node),
    ...numberTests(node),
    ...lengthTests(node),
  ].filter((test) => test !== null);
}

function enumTest(node: SchemaNode): ValueTest | null {
  const values = own(node, 'enum');
  if (!Array.isArray(values)) return null;
  const allowed = new Set((values as unknown[]).map(identity));
  const names = (values as unknown[])
    .filter((value) => !isRecord(value) && !Array.isArray(value))
    .map((value) => `\`${String(value).slice(0, MAX_NAME)}\``);
  const rest = names.length - MAX_NAMED;
  const list = names.slice(0, MAX_NAMED).join(', ') + (rest > 0 ? ` or ${String(rest)} more` : '');
  const wanted = names.length === 1 ? list : `one of ${list}`;
  return (value) => (allowed.has(identity(value)) ? null : wanted);
}

/** The same text for equal values, whatever the order of their keys. */
export function identity(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return Number(item);
    if (!isRecord(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function patternTest(node: SchemaNode, work: Work, compile: PatternCompiler): ValueTest | null {
  const source = textAt(node, 'pattern');
  if (source === '') return null;
  let compiled: CompiledPattern | null | undefined;
  const shown = source.length <= MAX_NAME && !/[`\s]/.test(source) ? ` \`${source}\`` : '';
  return (value) => {
    if (typeof value !== 'string') return null;
    compiled ??= compile(source);
    if (compiled === null) return null;
    work.spend(1 + (value.length * compiled.states) / 10);
    return compiled.test(value) ? null : `a text that matches the pattern${shown}`;
  };
}

function formatTest(node: SchemaNode): ValueTest | null {
  const format = textAt(node, 'format');
  if (format === '') return null;
  return (value) => {
    if (typeof value === 'string') return formatFault(format, value);
    return typeof value === 'number' || typeof value === 'bigint' ? rangeFault(format, value) : null;
  };
}

function numberTests(node: SchemaNode): (ValueTest | null)[] {
  const test = (
    key: string,
    holds: (value: number, limit: number) => boolean,
    wanted: string,
  ): ValueTest | null => {
    const limit = numberAt(node, key);
    if (limit === null) return null;
    return (value) =>
      (typeof value === 'number' || typeof value === 'bigint') && !holds(Number(value), limit)
        ? `${wanted} ${String(limit)}`
        : null;
  };
  return [
    isTrue(node, 'exclusiveMinimum')
      ? test('minimum', (value, limit) => value > limit, 'more than')
      : test('minimum', (value, limit) => value >= limit, 'at least'),
    isTrue(node, 'exclusiveMaximum')
      ? test('maximum', (value, limit) => value < limit, 'less than')
      : test('maximum', (value, limit) => value <= limit, 'at most'),
    test(
      'multipleOf',
      (value, factor) => Math.abs(value / factor - Math.round(value / factor)) < 1e-9,
      'a multiple of',
    ),
  ];
}

function lengthTests(node: SchemaNode): (ValueTest | null)[] {
  const test = (
    key: string,
    lengthOf: (value: unknown) => number | null,
    wanted: (limit: number) => string,
  ): ValueTest | null => {
    const limit = numberAt(node, key);
    if (limit === null) return null;
    const atLeast = key.startsWith('min');
    return (value) => {
      const length = lengthOf(value);
      return length === null || (atLeast ? length >= limit : length <= limit) ? null : wanted(limit);
    };
  };
  return [
    test('minLength', characters, (limit) => `a text of at least ${counted(limit, 'character')}`),
    test('maxLength', characters, (limit) => `a text of at most ${counted(limit, 'character')}`),
    test('minItems', items, (limit) => `a list of at least ${counted(limit, 'item')}`),
    test('maxItems', items, (limit) => `a list of at most ${counted(limit, 'item')}`),
    test('minProperties', fields, (limit) => `a map of at least ${counted(limit, 'field')}`),
    test('maxProperties', fields, (limit) => `a map of at most ${counted(limit, 'field')}`),
  ];
}

/** In code points, as Go counts. */
function characters(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  return value.length - (value.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

function items(value: unknown): number | null {
  return Array.isArray(value) ? value.length : null;
}

function fields(value: unknown): number | null {
  return isRecord(value) ? Object.keys(value).length : null;
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
