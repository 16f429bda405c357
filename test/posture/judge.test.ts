import { describe, expect, test } from '@jest/globals';
import type { ControlId } from '../../src/engine/posture-policy.ts';
import type { ControlState } from '../../src/posture/control.ts';
import { known, unknown, type Gate, type PostureFacts } from '../../src/posture/facts.ts';
import { judgePosture } from '../../src/posture/judge.ts';
import { renderPosture } from '../../src/posture/render.ts';

const GATE: Gate = {
  name: 'ruleset `main`',
  url: 'https://github.example.com/acme/deploy/rules/1',
  review: { approvals: 1, codeOwners: true, dismissStale: true, lastPush: false },
  signedCommits: true,
  forbidsForcePush: true,
  forbidsDeletion: true,
  upToDate: true,
  checks: [{ name: 'gitops-warden', appId: 7 }],
  bypass: known([]),
};

const GUARDED: PostureFacts = {
  owner: 'acme',
  name: 'deploy',
  url: 'https://github.example.com/acme/deploy',
  branch: 'main',
  gates: [GATE],
  gatesUnread: [],
  appId: 7,
  codeOwners: { path: '.github/CODEOWNERS', errors: known([]), unowned: known([]) },
  secretScanning: known(true),
  pushProtection: known(true),
  actions: known({ enabled: true, allowed: 'selected', pinned: true }),
  workflowToken: known({ mayWrite: false, mayApprove: false }),
};

function statesOf(facts: PostureFacts): ReadonlyMap<ControlId, ControlState> {
  return new Map(judgePosture(facts).controls.map(({ id, state }) => [id, state]));
}

/** What is not in order. */
function troubles(facts: PostureFacts): Record<string, string> {
  return Object.fromEntries([...statesOf(facts)].filter(([, state]) => state !== 'ok'));
}

test('a guarded repository has nothing to change', () => {
  expect(troubles(GUARDED)).toEqual({});
  expect(renderPosture(judgePosture(GUARDED))).toContain('**Nothing to change.**');
});

describe('each weakness is told by the control that it concerns, and by no other', () => {
  const gate = (change: Partial<Gate>): PostureFacts => ({ ...GUARDED, gates: [{ ...GATE, ...change }] });
  const review = (change: Partial<NonNullable<Gate['review']>>): PostureFacts =>
    gate({ review: { approvals: 1, codeOwners: true, dismissStale: true, lastPush: false, ...change } });

  test.each<[string, PostureFacts, Partial<Record<ControlId, ControlState>>]>([
    [
      'no pull request',
      gate({ review: null }),
      { 'review-required': 'weak', 'code-owner-review': 'weak', 'stale-approvals': 'weak' },
    ],
    ['no approval', review({ approvals: 0 }), { 'review-required': 'weak', 'code-owner-review': 'weak' }],
    ['no code owners', review({ codeOwners: false }), { 'code-owner-review': 'weak' }],
    ['stale approvals', review({ dismissStale: false }), { 'stale-approvals': 'weak' }],
    ['approval of the last push', review({ dismissStale: false, lastPush: true }), {}],
    ['unsigned commits', gate({ signedCommits: false }), { 'signed-commits': 'weak' }],
    ['force pushes', gate({ forbidsForcePush: false }), { 'no-force-push': 'weak' }],
    ['deletion', gate({ forbidsDeletion: false }), { 'no-deletion': 'weak' }],
    ['an old base', gate({ upToDate: false }), { 'up-to-date': 'weak' }],
    ['no check', gate({ checks: [] }), { 'check-required': 'weak', 'check-pinned': 'weak' }],
    ['any source', gate({ checks: [{ name: 'gitops-warden', appId: null }] }), { 'check-pinned': 'weak' }],
    ['another App', gate({ checks: [{ name: 'gitops-warden', appId: 8 }] }), { 'check-pinned': 'weak' }],
    [
      'another check',
      gate({ checks: [{ name: 'gitops-warden-2', appId: 7 }] }),
      { 'check-required': 'weak', 'check-pinned': 'weak' },
    ],
    ['administrators', gate({ bypass: known(['administrators']) }), { 'no-bypass': 'weak' }],
    ['a hidden list', gate({ bypass: unknown('hidden') }), { 'no-bypass': 'unread' }],
    [
      'no CODEOWNERS',
      { ...GUARDED, codeOwners: { path: null, errors: known([]), unowned: known([]) } },
      { 'code-owners': 'weak' },
    ],
    [
      'a folder without owners',
      { ...GUARDED, codeOwners: { ...GUARDED.codeOwners, unowned: known(['apps/']) } },
      { 'code-owners': 'weak' },
    ],
    [
      'a broken CODEOWNERS',
      { ...GUARDED, codeOwners: { ...GUARDED.codeOwners, errors: known(['Line 1 is wrong.']) } },
      { 'code-owners': 'weak' },
    ],
    ['no secret scanning', { ...GUARDED, secretScanning: known(false) }, { 'secret-scanning': 'weak' }],
    ['no push protection', { ...GUARDED, pushProtection: known(false) }, { 'push-protection': 'weak' }],
    [
      'tokens that write',
      { ...GUARDED, workflowToken: known({ mayWrite: true, mayApprove: false }) },
      { 'workflow-token': 'weak' },
    ],
    [
      'workflows that approve',
      { ...GUARDED, workflowToken: known({ mayWrite: false, mayApprove: true }) },
      { 'workflow-token': 'weak' },
    ],
    [
      'any action',
      { ...GUARDED, actions: known({ enabled: true, allowed: 'all', pinned: false }) },
      { 'allowed-actions': 'weak' },
    ],
    [
      'any action, but none runs',
      { ...GUARDED, actions: known({ enabled: false, allowed: 'all', pinned: false }) },
      {},
    ],
  ])('%s', (_, facts, expected) => {
    expect(troubles(facts)).toEqual(expected);
  });
});

describe('not read is not in order', () => {
  const hidden: PostureFacts = { ...GUARDED, gates: [], gatesUnread: ['the token may not'] };

  test('without any gate, all that gates ask for is unread', () => {
    const unread = Object.entries(troubles(hidden)).filter(([, state]) => state === 'unread');
    expect(unread.map(([id]) => id)).toEqual([
      'review-required',
      'code-owner-review',
      'stale-approvals',
      'signed-commits',
      'no-force-push',
      'no-deletion',
      'no-bypass',
      'check-required',
      'check-pinned',
      'up-to-date',
    ]);
  });

  test('what another gate asks for is in order all the same', () => {
    expect(troubles({ ...hidden, gates: [GATE] })).toEqual({});
  });

  test('the text says why', () => {
    const text = renderPosture(judgePosture({ ...GUARDED, secretScanning: unknown('nobody says') }));
    expect(text).toContain('Nothing to change; 1 setting could not be read.');
    expect(text).toContain('Could not be read: nobody says.');
  });
});

describe('two gates', () => {
  const open: Gate = { ...GATE, name: 'branch protection', bypass: known(['administrators']) };

  test('what the closed one asks for holds, whoever may go past the other', () => {
    expect(troubles({ ...GUARDED, gates: [open, GATE] })).toEqual({});
  });

  test('what only the open one asks for can be gone past', () => {
    expect(troubles({ ...GUARDED, gates: [open, { ...GATE, signedCommits: false }] })).toEqual({
      'no-bypass': 'weak',
    });
  });

  test('the closed one has to ask for as many approvals', () => {
    const two: Gate = {
      ...open,
      review: { approvals: 2, codeOwners: false, dismissStale: false, lastPush: false },
    };
    expect(troubles({ ...GUARDED, gates: [two, GATE] })).toEqual({ 'no-bypass': 'weak' });
  });
});

test('an accepted weakness is not one to change, and the reason is shown', () => {
  const facts: PostureFacts = { ...GUARDED, secretScanning: known(false), pushProtection: known(false) };
  const posture = judgePosture(facts, new Map([['secret-scanning', 'Our own scanner does it.']]));
  const states = posture.controls.filter(({ state }) => state !== 'ok').map(({ id, state }) => [id, state]);
  expect(states).toEqual([
    ['secret-scanning', 'accepted'],
    ['push-protection', 'weak'],
  ]);
  expect(renderPosture(posture)).toContain('Accepted by the policy: Our own scanner does it.');
});

test('accepting changes nothing about what is in order or unread', () => {
  const posture = judgePosture(
    { ...GUARDED, secretScanning: unknown('hidden') },
    new Map([
      ['secret-scanning', 'Because.'],
      ['push-protection', 'Because.'],
    ]),
  );
  expect(posture.controls.find(({ id }) => id === 'secret-scanning')?.state).toBe('unread');
  expect(posture.controls.find(({ id }) => id === 'push-protection')?.state).toBe('ok');
});

test('names of strangers mean nothing in the text', () => {
  const text = renderPosture(
    judgePosture({
      ...GUARDED,
      codeOwners: { ...GUARDED.codeOwners, unowned: known(['@acme/<b>x</b>/']) },
      gates: [{ ...GATE, bypass: known(['the team `@acme/all`']) }],
    }),
  );
  expect(text).toContain('`@acme/<b>x</b>/`');
  expect(text.replaceAll(/`[^`]*`/g, '')).not.toMatch(/@acme|<b>/);
});
