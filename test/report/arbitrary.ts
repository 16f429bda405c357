import { fc } from '../support/property.ts';
import { SIGNATURE_STATES } from '../../src/engine/change.ts';
import { SEVERITIES } from '../../src/engine/finding.ts';
import { WAIVER_ORIGINS } from '../../src/engine/waiver.ts';
import type { Finding, Subject } from '../../src/engine/finding.ts';
import type { Report, SopsChange } from '../../src/engine/report.ts';
import type { Range } from '../../src/manifests/position.ts';
import { commit, HOSTILE, report } from '../support/report-fixture.ts';

/** Names and sentences as strangers write them. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...Array.from('`*_[]()<>!#@:/\\|~-+=.$& \n\r\tawGH1')), maxLength: 40 }),
);

const anyRange: fc.Arbitrary<Range> = fc
  .tuple(fc.nat(500), fc.nat(100), fc.nat(5), fc.nat(100))
  .map(([line, column, lines, width]) => ({
    start: { line: line + 1, column: column + 1 },
    end: { line: line + 1 + lines, column: (lines === 0 ? column + 1 : 1) + width },
  }));

const anySha = fc.stringMatching(/^[0-9a-f]{40}$/);
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { nil: null });

const anySample = fc
  .array(anyText, { maxLength: 4 })
  .chain((paths) => fc.nat(5).map((more) => ({ count: paths.length + more, paths })));

const anySopsChange: fc.Arbitrary<SopsChange> = fc.record({
  configs: fc.array(
    fc.record({
      path: anyText,
      change: fc.constantFrom('added' as const, 'edited' as const, 'deleted' as const),
    }),
    { maxLength: 3 },
  ),
  access: fc.array(
    fc.record({
      recipient: anyText,
      change: fc.constantFrom('gains' as const, 'loses' as const),
      files: anySample,
    }),
    { maxLength: 3 },
  ),
  rekey: anySample,
  reencrypt: anySample,
  withoutRule: anySample,
  plainWithoutRule: anySample,
  remarks: fc.array(fc.record({ path: anyText, line: fc.integer({ min: 1, max: 500 }), text: anyText }), {
    maxLength: 3,
  }),
  incomplete: maybe(anyText),
});

const anySubject: fc.Arbitrary<Subject> = fc.oneof(
  fc.record({
    type: fc.constant('file' as const),
    path: anyText,
    range: maybe(anyRange),
    object: maybe(
      fc.record({
        apiVersion: maybe(anyText),
        kind: maybe(anyText),
        namespace: maybe(anyText),
        name: maybe(anyText),
      }),
    ),
    commit: maybe(anySha),
  }),
  fc.record({ type: fc.constant('commit' as const), commit: anySha }),
  fc.record({ type: fc.constant('push' as const), ref: anyText, commit: maybe(anySha) }),
);

export const anyFinding: fc.Arbitrary<Finding> = fc.record({
  ruleId: fc.oneof(
    fc.constant('no-open-ingress'),
    anyText.filter((text) => text !== ''),
  ),
  severity: fc.constantFrom(...SEVERITIES),
  message: fc.oneof(
    anyText,
    fc.tuple(anyText, anyText).map(([a, b]) => `Secret \`${a}\` is ${b}`),
  ),
  subject: anySubject,
  related: fc.array(
    fc.record({ message: anyText, location: fc.record({ path: anyText, range: maybe(anyRange) }) }),
    { maxLength: 3 },
  ),
  suggestion: maybe(fc.record({ startLine: fc.constant(1), endLine: fc.constant(2), text: anyText })),
  fingerprint: fc.stringMatching(/^[0-9a-f]{32}$/),
  introduced: fc.boolean(),
  url: maybe(fc.oneof(fc.webUrl(), anyText)),
});

/** Any report, consistent or not. */
export const anyReport: fc.Arbitrary<Report> = fc
  .record({
    conclusion: fc.constantFrom('success' as const, 'failure' as const),
    reportOnly: fc.boolean(),
    base: maybe(anySha),
    head: maybe(anySha),
    mergeBase: maybe(anySha),
    policy: fc.record({ source: anyText, hash: fc.stringMatching(/^[0-9a-f]{64}$/) }),
    configProblems: fc.array(
      fc.record({ path: anyText, line: maybe(fc.integer({ min: 1, max: 99 })), message: anyText }),
      { maxLength: 3 },
    ),
    findings: fc.array(anyFinding, { maxLength: 6 }),
    waived: fc.array(
      fc.record({
        finding: anyFinding,
        reason: anyText,
        approver: anyText,
        until: maybe(anyText),
        origin: fc.constantFrom(...WAIVER_ORIGINS),
        scope: fc.constantFrom('finding' as const, 'path' as const, 'rule' as const),
      }),
      { maxLength: 2 },
    ),
    failures: fc.array(
      fc.record({
        ruleId: anyText.filter((text) => text !== ''),
        path: maybe(anyText),
        reason: anyText,
      }),
      { maxLength: 2 },
    ),
    notChecked: fc.array(fc.record({ path: anyText, reason: anyText, blocks: fc.boolean() }), {
      maxLength: 3,
    }),
    commits: fc.array(
      fc
        .tuple(anySha, fc.constantFrom(...SIGNATURE_STATES), maybe(anyText), maybe(anyText), anyText)
        .map(([sha, state, signer, reason, subject]) => commit(sha, { state, signer, reason }, subject)),
      { maxLength: 3 },
    ),
    reach: fc.record({
      applications: fc.array(anyText, { maxLength: 3 }),
      clusters: fc.array(anyText, { maxLength: 3 }),
      environments: fc.array(anyText, { maxLength: 3 }),
    }),
    sops: maybe(anySopsChange),
    stats: fc.record({ files: fc.nat(), manifests: fc.nat(), commits: fc.nat(), milliseconds: fc.nat() }),
  })
  .map((parts) => report(parts));
