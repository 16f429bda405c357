import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Finding } from '../../src/engine/finding.ts';
import { threadsOf } from '../faults/support/review-state.ts';
import { openReviewWorld, onLine, type PullCase, type ReviewWorld } from '../faults/support/review-world.ts';

let world: ReviewWorld;
beforeAll(async () => {
  world = await openReviewWorld();
});
afterAll(async () => {
  expect(world.github.contractViolations).toEqual([]);
  await world.close();
});

const A = onLine(1, 5);
const B = onLine(2, 9, { severity: 'warning' });
const OUTSIDE = onLine(3, 300);

/** `number state answers…` of each thread. */
function seen({ pull }: PullCase): string[] {
  return threadsOf(world.github, pull).map(({ finding, state, answers }) =>
    [String(finding ?? 'other'), state.replace('[bot]', ''), ...answers].join(' '),
  );
}

type Act = (pull: PullCase) => void;
const rootOf = (pull: PullCase, serial: number) => {
  const comments = world.github.reviewComments(pull.pull).filter(({ inReplyTo }) => inReplyTo === null);
  const found = comments.find(({ body }) => body.includes(serial.toString(16).padStart(32, '0')));
  if (found === undefined) throw new Error(`No thread about ${String(serial)}.`);
  return found;
};
const answers =
  (serial: number): Act =>
  (pull) =>
    void world.github.reply(rootOf(pull, serial), 'ann', 'Why?');
const resolves =
  (serial: number): Act =>
  (pull) => {
    world.github.resolveThread(rootOf(pull, serial), 'ann');
  };
const opens =
  (serial: number): Act =>
  (pull) => {
    world.github.resolveThread(rootOf(pull, serial), 'ann', false);
  };

/** Push by push: what is found, or what a person does; and what the threads are then. */
type Step = { readonly found: readonly Finding[]; readonly then: readonly string[] } | { readonly act: Act };

describe('the life of a thread', () => {
  test.each<[string, readonly Step[]]>([
    [
      'begins, stays, and ends',
      [
        { found: [A], then: ['1 open'] },
        { found: [A], then: ['1 open'] },
        { found: [], then: ['1 gitops-warden mended'] },
        { found: [], then: ['1 gitops-warden mended'] },
      ],
    ],
    [
      'each by itself',
      [
        { found: [A, B], then: ['1 open', '2 open'] },
        { found: [B], then: ['1 gitops-warden mended', '2 open'] },
        { found: [B, OUTSIDE], then: ['1 gitops-warden mended', '2 open', '3 open'] },
      ],
    ],
    [
      'comes back in the same thread',
      [
        { found: [A], then: ['1 open'] },
        { found: [], then: ['1 gitops-warden mended'] },
        { found: [A], then: ['1 open mended back'] },
        { found: [A], then: ['1 open mended back'] },
        { found: [], then: ['1 gitops-warden mended back mended'] },
      ],
    ],
    [
      'is edited in place',
      [
        { found: [A], then: ['1 open'] },
        { found: [{ ...A, severity: 'warning' }], then: ['1 open'] },
      ],
    ],
    [
      'resolved by a person stays resolved while the finding stands',
      [
        { found: [A], then: ['1 open'] },
        { act: resolves(1) },
        { found: [A], then: ['1 ann'] },
        { found: [A], then: ['1 ann'] },
        { found: [], then: ['1 ann'] },
      ],
    ],
    [
      'resolved by a person, mended and back is open again',
      [
        { found: [A], then: ['1 open'] },
        { act: resolves(1) },
        { found: [], then: ['1 ann'] },
        { found: [], then: ['1 ann'] },
        { found: [A], then: ['1 open back'] },
        { found: [], then: ['1 gitops-warden back mended'] },
      ],
    ],
    [
      'resolved by a person after it came back stays resolved',
      [
        { found: [A], then: ['1 open'] },
        { found: [], then: ['1 gitops-warden mended'] },
        { found: [A], then: ['1 open mended back'] },
        { act: resolves(1) },
        { found: [A], then: ['1 ann mended back'] },
      ],
    ],
    [
      'in which people wrote is resolved and never deleted',
      [
        { found: [A], then: ['1 open'] },
        { act: answers(1) },
        { found: [], then: ['1 gitops-warden ann mended'] },
      ],
    ],
    [
      'opened again by a person who says why stays open',
      [
        { found: [A], then: ['1 open'] },
        { found: [], then: ['1 gitops-warden mended'] },
        { act: opens(1) },
        { act: answers(1) },
        { found: [], then: ['1 open mended ann'] },
      ],
    ],
    [
      'left open by a request that broke off is resolved without another word',
      [
        { found: [A], then: ['1 open'] },
        { found: [], then: ['1 gitops-warden mended'] },
        { act: opens(1) },
        { found: [], then: ['1 gitops-warden mended'] },
      ],
    ],
    [
      'on a file: outside of the lines that the diff shows',
      [
        { found: [OUTSIDE], then: ['3 open'] },
        { found: [], then: ['3 gitops-warden mended'] },
      ],
    ],
  ])('%s', async (_what, steps) => {
    const pull = await world.open();
    for (const step of steps) {
      if ('act' in step) {
        step.act(pull);
        continue;
      }
      await pull.push(step.found);
      expect(seen(pull)).toEqual(step.then);
    }
  });
});
