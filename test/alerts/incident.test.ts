import { describe, expect, test } from '@jest/globals';
import type { DirectPushAlert } from '../../src/alerts/alert.ts';
import { leakedCredential, severityOf } from '../../src/alerts/incident.ts';
import { playbookOf } from '../../src/alerts/playbook.ts';
import { directPush, finding, incidentOf } from './fixtures.ts';

const shaOf = (index: number): string => index.toString(16).padStart(40, '0');
const quiet = (index: number): DirectPushAlert =>
  directPush({
    before: shaOf(index),
    after: shaOf(index + 1),
    review: { ...directPush().review!, findings: [] },
  });
const burst = (length: number, at: Record<number, DirectPushAlert>) =>
  Array.from({ length }, (_, index) => ({
    ...(at[index] ?? quiet(index)),
    before: shaOf(index),
    after: shaOf(index + 1),
  }));

describe('a burst of more pushes than are remembered', () => {
  const leak = directPush({
    review: {
      ...directPush().review!,
      findings: [
        finding({
          ruleId: 'no-leaked-credential',
          secret: { kind: 'github-pat', title: 'GitHub token', line: 1 } as never,
        }),
      ],
    },
  });

  test('does not become harmless because what was bad in it lies in the middle', () => {
    const [first, ...others] = burst(40, { 3: directPush(), 5: leak });
    const incident = incidentOf(first, ...others);
    expect(incident.count).toBe(40);
    expect(incident.alerts.length).toBeLessThanOrEqual(20);
    expect(severityOf(incident)).toBe('critical');
    expect(leakedCredential(incident)).toBe(true);
    expect(playbookOf(incident)[0]?.title).toMatch(/^Revoke/);
  });

  test('keeps the first, the newest, and of bad ones those with a leak', () => {
    const bad = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [index, directPush()]));
    const [first, ...others] = burst(40, { ...bad, 1: leak });
    const incident = incidentOf(first, ...others);
    const kept = incident.alerts.flatMap((alert) => (alert.kind === 'direct-push' ? [alert.after] : []));
    expect(kept[0]).toBe(shaOf(1));
    expect(kept[1]).toBe(shaOf(2));
    expect(kept.at(-1)).toBe(shaOf(40));
    expect(kept).toHaveLength(20);
  });
});
