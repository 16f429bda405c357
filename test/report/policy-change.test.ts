import { describe, expect, test } from '@jest/globals';
import type { PlacedDifference } from '../../src/engine/policy-difference.ts';
import { renderHtml } from '../../src/report/html.ts';
import { policyIntro } from '../../src/report/policy-change.ts';
import { renderSummary } from '../../src/report/summary.ts';
import { renderText } from '../../src/report/text.ts';
import { report } from '../support/report-fixture.ts';

const change = (more: Partial<PlacedDifference>): PlacedDifference => ({
  pointer: ['rules', 'a', 'severity'],
  entry: null,
  effect: 'stricter',
  before: 'warning',
  after: 'error',
  says: 'What this rule finds counts for more.',
  path: '.github/gitops-warden.yml',
  line: 3,
  ...more,
});
const CHANGES = [
  change({}),
  change({
    pointer: ['exclude'],
    entry: 'a|b/**',
    effect: 'weaker',
    before: null,
    after: 'a|b/**',
    says: 'No rule looks there.',
  }),
  change({
    pointer: ['rules', 'a', 'parameters', 'limit'],
    effect: 'other',
    before: '3',
    after: '@everyone `x`',
    says: 'It judges by another value.',
  }),
];

describe('what a policy change does', () => {
  test('as a table in Markdown, the weaker settings first, bars and mentions included', () => {
    const page = renderSummary(report({ policyChanges: CHANGES }), { blobUrl: () => null, limit: 60_000 });
    expect(page.split('\n').filter((line) => line.startsWith('|'))).toEqual([
      '| Effect | Setting | Before | After | What follows |',
      '| --- | --- | --- | --- | --- |',
      '| weaker | `exclude` | nothing | `a\\|b/**` | No rule looks there. |',
      "| different | `rules.a.parameters.limit` | `3` | `@everyone 'x'` | It judges by another value. |",
      '| stricter | `rules.a.severity` | `warning` | `error` | What this rule finds counts for more. |',
    ]);
    expect(page).toContain('1 setting weaker, 1 setting stricter, 1 setting different.');
  });

  test('in HTML and in a terminal', () => {
    expect(renderHtml(report({ policyChanges: CHANGES }))).toContain(
      '<td>weaker</td><td><code>exclude</code></td>',
    );
    const text = renderText(report({ policyChanges: CHANGES }), { color: false, sources: () => null });
    expect(text).toContain('weaker: `exclude` from nothing to `a|b/**`.');
  });

  test('nothing where no policy changes', () => {
    for (const page of [
      renderSummary(report({}), { blobUrl: () => null, limit: 60_000 }),
      renderHtml(report({})),
      renderText(report({}), { color: false, sources: () => null }),
    ]) {
      expect(page).not.toContain('What this policy change does');
    }
    expect(policyIntro([change({}), change({})])).toMatch(/^2 settings stricter\. It counts/);
  });

  test('what the policy builds on is named', () => {
    const policy = {
      source: 'own.yml',
      hash: 'a'.repeat(64),
      buildsOn: ['acme/.github:gitops-warden.yml'],
      remark: 'A remark',
    };
    const page = renderSummary(report({ policy }), { blobUrl: () => null, limit: 60_000 });
    expect(page).toContain(
      'Judged under the policy `own.yml` and `acme/.github:gitops-warden.yml` (`aaaaaaaaaaaa`). A remark.',
    );
  });
});
