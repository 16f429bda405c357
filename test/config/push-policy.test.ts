import { describe, expect, test } from '@jest/globals';
import { applyFloor, DEFAULT_POLICY, toPolicy } from '../../src/config/policy.ts';
import { readPolicyFile } from '../../src/engine/policy-file.ts';
import type { PushesSection } from '../../src/engine/push-policy-file.ts';

const allow = (section: PushesSection['allow']) => ({ pushes: { allow: section! } });
const raised = (own: PushesSection['allow'], floor: PushesSection['allow']) =>
  applyFloor(toPolicy(allow(own)), floor === undefined ? {} : allow(floor), []).pushes;

describe('who may push', () => {
  test('is nobody without a policy', () => {
    expect(DEFAULT_POLICY.pushes).toEqual({ users: [], apps: [] });
  });

  test('is read without upper case and without repetitions', () => {
    expect(toPolicy(allow({ users: ['Alice', 'alice', 7], apps: ['Bot'] })).pushes).toEqual({
      users: ['alice', 7],
      apps: ['bot'],
    });
  });

  test('can only be fewer under a floor that says who', () => {
    expect(raised({ users: ['alice', 'bob'], apps: ['x'] }, { users: ['bob', 'carl'] })).toEqual({
      users: ['bob'],
      apps: [],
    });
    expect(raised({ users: ['alice'] }, undefined)).toEqual({ users: ['alice'], apps: [] });
    expect(raised({ users: [] }, { users: ['bob'] })).toEqual({ users: [], apps: [] });
  });

  test.each([
    'pushes: {allow: {users: [alice, 583231], apps: [image-updater]}}',
    'pushes: {}',
    'pushes: {allow: {}}',
  ])('%s is a policy', (text) => {
    expect(readPolicyFile('p.yml', text, new Map()).problems).toEqual([]);
  });

  test.each([
    'pushes: {allow: {users: ["github-merge-queue[bot]"]}}',
    'pushes: {allow: {apps: ["*"]}}',
    'pushes: {allow: {users: [0]}}',
    'pushes: {allow: {teams: [x]}}',
    'pushes: {allow: all}',
  ])('%s is none', (text) => {
    expect(readPolicyFile('p.yml', text, new Map()).problems).not.toEqual([]);
  });
});
