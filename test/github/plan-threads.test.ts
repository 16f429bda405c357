import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../src/engine/finding.ts';
import type { Report, WaivedFinding } from '../../src/engine/report.ts';
import type { Place } from '../../src/report/placement.ts';
import { markGone, readNote, renderComment, type NoteKind } from '../../src/report/comment.ts';
import { planThreads, type Plan, type PlanInput } from '../../src/github/threads/plan-threads.ts';
import type { Thread } from '../../src/github/threads/thread.ts';
import { at, fileSubject, finding, report } from '../support/report-fixture.ts';

const PATH = 'apps/web.yaml';
const HUNKS = new Map([[PATH, [{ start: 1, end: 100 }]]]);

function one(serial: number, parts: Partial<Finding> = {}, line = serial): Finding {
  return finding({
    message: `Container \`c${String(serial)}\` is privileged.`,
    subject: fileSubject(PATH, at(line, 3, 9)),
    fingerprint: serial.toString(16).padStart(32, '0'),
    ...parts,
  });
}

const A = one(1);
const OPEN: Omit<Thread, 'id' | 'fingerprint' | 'comment'> = {
  path: PATH,
  line: 1,
  startLine: null,
  outdated: false,
  resolved: false,
  canResolve: true,
  lastNote: null,
  answered: false,
  answeredSince: false,
};

/** A thread of ours about `A` that says what holds, but for what is given. */
function thread(
  parts: Partial<Omit<Thread, 'comment'>> & { comment?: Partial<Thread['comment']> } = {},
): Thread {
  const { comment, ...rest } = parts;
  return {
    id: 'T',
    fingerprint: A.fingerprint,
    ...OPEN,
    ...rest,
    comment: { id: 'C', body: renderComment(A), hidden: false, canHide: true, ...comment },
  };
}

function plan(findings: readonly Finding[], threads: readonly Thread[], more: Partial<PlanInput> = {}): Plan {
  return planThreads({ report: report({ findings }), hunks: HUNKS, threads, limit: 30, ...more });
}

/** Each change in a word, a note with its kind. */
function words({ changes }: Pick<Plan, 'changes'>): string[] {
  return changes.map(({ type, body }) => (type === 'note' ? `note ${String(readNote(body))}` : type));
}

const GONE = markGone(renderComment(A));
const waived: WaivedFinding = {
  finding: A,
  reason: 'Known.',
  approver: 'mona',
  until: null,
  origin: 'file',
  scope: 'finding',
};

describe('the thread of a finding that stands', () => {
  test.each<[string, Thread, readonly string[]]>([
    ['open: nothing', thread(), []],
    ['that says something else', thread({ comment: { body: `Old.\n\n${renderComment(A)}` } }), ['edit']],
    [
      'with other line breaks: nothing',
      thread({ comment: { body: renderComment(A).replaceAll('\n', '\r\n') } }),
      [],
    ],
    ['closed by us', thread({ resolved: true, lastNote: 'mended' }), ['reopen', 'note back']],
    [
      'folded by us',
      thread({ canResolve: false, lastNote: 'mended', comment: { hidden: true } }),
      ['show', 'note back'],
    ],
    ['closed by a person: stays so', thread({ resolved: true }), []],
    ['closed by a person after it came back: stays so', thread({ resolved: true, lastNote: 'back' }), []],
    [
      'closed by a person, mended, and back',
      thread({ resolved: true, comment: { body: GONE } }),
      ['reopen', 'note back', 'edit'],
    ],
    ['opened again by a person since it was mended', thread({ comment: { body: GONE } }), ['edit']],
    [
      'closed by us, and we may not open it',
      thread({ resolved: true, canResolve: false, lastNote: 'mended' }),
      ['note back'],
    ],
  ])('%s', (_what, before, expected) => {
    expect(words(plan([A], [before]))).toEqual(expected);
    expect(plan([A], [before]).lines).toEqual([]);
  });

  test.each<[string, Thread, boolean]>([
    ['shows', thread(), true],
    ['was closed by a person', thread({ resolved: true }), true],
    ['is outdated', thread({ outdated: true, line: null }), false],
    [
      'stays resolved although it is back',
      thread({ resolved: true, canResolve: false, lastNote: 'mended' }),
      false,
    ],
  ])('stands for an annotation only where it can be seen: it %s', (_what, before, expected) => {
    expect(plan([A], [before]).commented.has(A.fingerprint)).toBe(expected);
  });

  test('offers its suggestion only where it stands on the very lines', () => {
    const suggestion = { startLine: 1, endLine: 1, text: 'x\n' };
    const suggested = { ...A, suggestion };
    const bodyOn = (line: number | null): string =>
      plan([suggested], [thread({ line })]).changes[0]?.body ?? '';
    expect(bodyOn(1)).toContain('suggestion');
    expect(bodyOn(2)).not.toContain('suggestion');
    expect(bodyOn(null)).not.toContain('suggestion');
  });
});

describe('the thread of a finding that is gone', () => {
  const UNSURE: Partial<Report> = { failures: [{ ruleId: 'x', path: null, reason: 'stopped' }] };

  test.each<[string, Thread, Partial<Report>, readonly string[]]>([
    ['open', thread(), {}, ['note mended', 'resolve']],
    ['answered by people', thread({ answered: true, answeredSince: true }), {}, ['note mended', 'resolve']],
    ['that we may not resolve', thread({ canResolve: false }), {}, ['note mended', 'hide']],
    [
      'that we may neither resolve nor fold',
      thread({ canResolve: false, comment: { canHide: false } }),
      {},
      ['note mended'],
    ],
    ['closed by a person: not a word', thread({ resolved: true }), {}, ['edit']],
    ['closed by a person, and noted so', thread({ resolved: true, comment: { body: GONE } }), {}, []],
    ['closed by us', thread({ resolved: true, lastNote: 'mended' }), {}, []],
    ['noted, and left open by a request that broke off', thread({ lastNote: 'mended' }), {}, ['resolve']],
    [
      'opened again by a person who says why',
      thread({ lastNote: 'mended', answered: true, answeredSince: true }),
      {},
      [],
    ],
    ['back before', thread({ lastNote: 'back' }), {}, ['note mended', 'resolve']],
    ['waived', thread(), { waived: [waived] }, ['note waived', 'resolve']],
    ['while nobody can tell', thread(), UNSURE, []],
    [
      'waived, whatever else could not be told',
      thread(),
      { ...UNSURE, waived: [waived] },
      ['note waived', 'resolve'],
    ],
  ])('%s', (_what, before, more, expected) => {
    const { changes } = planThreads({
      report: report({ findings: [], ...more }),
      hunks: HUNKS,
      threads: [before],
      limit: 30,
    });
    expect(words({ changes })).toEqual(expected);
  });

  test('that was there before says so', () => {
    expect(words(plan([{ ...A, introduced: false }], [thread()]))).toEqual(['note existing', 'resolve']);
  });

  test('tells people that they can resolve it where we may not', () => {
    const textOf = (before: Thread): string => plan([], [before]).changes[0]?.body ?? '';
    expect(textOf(thread({ canResolve: false }))).toContain('You can resolve this conversation.');
    expect(textOf(thread())).not.toContain('You can resolve');
  });

  test('gets a mark once that leaves all else of its comment', () => {
    const [edit] = plan([], [thread({ resolved: true })]).changes;
    expect(edit?.body).toBe(renderComment(A).replace(/ -->$/, ' gone -->'));
  });
});

describe('several threads about one finding', () => {
  const twin = (id: string, parts: Parameters<typeof thread>[0] = {}): Thread =>
    thread({ ...parts, id, comment: { id: `C-${id}`, ...parts.comment } });

  test.each<[string, readonly Thread[], readonly string[]]>([
    ['the oldest open one stays', [twin('a'), twin('b')], ['b note', 'b resolve']],
    [
      'the one in which people wrote stays',
      [twin('a'), twin('b', { answered: true })],
      ['a note', 'a resolve'],
    ],
    ['an open one before a closed one', [twin('a', { resolved: true }), twin('b')], []],
    ['a double that is done stays done', [twin('a'), twin('b', { resolved: true, lastNote: 'double' })], []],
    ['a double that was left open is closed', [twin('a'), twin('b', { lastNote: 'double' })], ['b resolve']],
    [
      'in both of which people wrote: both stay',
      [twin('a', { answered: true }), twin('b', { answered: true })],
      [],
    ],
  ])('%s', (_what, threads, expected) => {
    const { changes } = plan([A], threads);
    expect(changes.map((one) => `${'threadId' in one ? one.threadId : one.commentId} ${one.type}`)).toEqual(
      expected,
    );
  });
});

describe('new threads', () => {
  const serials = (findings: readonly { readonly finding: Finding }[]): number[] =>
    findings.map(({ finding: { fingerprint } }) => Number.parseInt(fingerprint, 16));
  const many = (from: number, count: number, severity: Finding['severity']): Finding[] =>
    Array.from({ length: count }, (_unused, index) => one(from + index, { severity }, 1 + index));

  test('40 findings, room for 30: the errors all, then warnings', () => {
    const { lines, over } = plan(
      [...many(100, 15, 'warning'), ...many(200, 10, 'info'), ...many(1, 15, 'error')],
      [],
    );
    expect(serials(lines)).toEqual([
      ...Array.from({ length: 15 }, (_unused, index) => 1 + index),
      ...Array.from({ length: 15 }, (_unused, index) => 100 + index),
    ]);
    expect(over).toHaveLength(10);
  });

  test('an error finds room beside 30 open warnings; another warning does not', () => {
    const warnings = many(100, 30, 'warning');
    const threads = warnings.map((each, index) =>
      thread({
        id: `T${String(index)}`,
        fingerprint: each.fingerprint,
        line: 1 + index,
        comment: { body: renderComment(each) },
      }),
    );
    const { lines, over, changes } = plan([...warnings, one(1), one(2, { severity: 'warning' })], threads);
    expect(changes).toEqual([]);
    expect(serials(lines)).toEqual([1]);
    expect(over).toHaveLength(1);
  });

  test.each<[string, Finding, ReadonlyMap<string, Place['type']>, string]>([
    ['on its line', A, new Map(), 'line'],
    ['on the file, outside of the lines that the diff shows', one(1, {}, 300), new Map(), 'file'],
    ['on the file, when its line was refused', A, new Map([[A.fingerprint, 'line']]), 'file'],
    ['nowhere, when the file was refused too', A, new Map([[A.fingerprint, 'file']]), 'nowhere'],
    [
      'nowhere, in a file that did not change',
      one(1, { subject: fileSubject('b.yaml', at(1)) }),
      new Map(),
      'nowhere',
    ],
    [
      'nowhere, when it is about a commit',
      one(1, { subject: { type: 'commit', commit: 'c'.repeat(40) } }),
      new Map(),
      'nowhere',
    ],
    [
      'nowhere, in a version that only an earlier commit has',
      one(1, { subject: fileSubject(PATH, at(1), { commit: 'c'.repeat(40) }) }),
      new Map(),
      'nowhere',
    ],
  ])('%s', (_what, fresh, refused, expected) => {
    const { lines, files, elsewhere } = plan([fresh], [], { refused });
    const place =
      lines.length > 0 ? 'line' : files.length > 0 ? 'file' : elsewhere.length > 0 ? 'nowhere' : 'lost';
    expect(place).toBe(expected);
  });
});

test('every kind of note can be read again', () => {
  const kinds: readonly NoteKind[] = ['mended', 'existing', 'waived', 'back', 'double'];
  const seen = [
    plan([], [thread()]),
    plan([{ ...A, introduced: false }], [thread()]),
    planThreads({
      report: report({ findings: [], waived: [waived] }),
      hunks: HUNKS,
      threads: [thread()],
      limit: 1,
    }),
    plan([A], [thread({ resolved: true, lastNote: 'mended' })]),
    plan([A], [thread(), thread({ id: 'U', comment: { id: 'D' } })]),
  ].flatMap(words);
  for (const kind of kinds) expect(seen).toContain(`note ${kind}`);
});
