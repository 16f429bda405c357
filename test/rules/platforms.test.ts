import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { toPolicy } from '../../src/config/policy.ts';
import { review } from '../../src/engine/review.ts';
import { changeOf } from '../support/change-fixture.ts';
import { withLeaks } from '../support/leak-fixture.ts';
import { ALL_RULES } from './secret-fixture.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures/platforms');

/** Parts of what widely used platforms are rendered to, in the form in which repositories keep them. */
function platform(name: string): Record<string, string> {
  const root = path.join(FIXTURES, name);
  return Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        return [path.relative(root, file), readFileSync(file, 'utf8')];
      }),
  );
}

function findingsOf(name: string, profile: 'essential' | 'recommended'): string[] {
  const policy = toPolicy({ version: 1, profile });
  const change = changeOf({ base: null, head: platform(name) });
  const report = review(withLeaks(change, policy), ALL_RULES, policy);
  expect(report.failures).toEqual([]);
  return report.findings.map(({ severity, ruleId, message }) => {
    const [, named = ''] = /`([^`]+)`/.exec(message) ?? [];
    return `${severity} ${ruleId} ${named}`;
  });
}

describe('a new repository with a widely used platform', () => {
  test.each(readdirSync(FIXTURES))('%s: nothing for the profile essential', (name) => {
    expect(findingsOf(name, 'essential')).toEqual([]);
  });

  test.each<[string, string[]]>([
    ['ingress-nginx', ['warning container-resources create']],
    [
      'cert-manager',
      [
        'warning container-resources cert-manager-controller',
        'warning container-resources cert-manager-webhook',
      ],
    ],
    ['kube-prometheus', ['warning readiness-probe prometheus-operator']],
    [
      'argocd',
      [
        'warning container-resources redis',
        'warning readiness-probe redis',
        'warning container-resources argocd-server',
      ],
    ],
    ['boutique', []],
    ['flux', ['warning pinned-chart-version podinfo/podinfo']],
    ['guestbook', ['warning container-resources guestbook-ui', 'warning readiness-probe guestbook-ui']],
  ])('%s: what is recommended is what it lacks', (name, expected) => {
    expect(findingsOf(name, 'recommended').sort()).toEqual([...expected].sort());
  });
});
