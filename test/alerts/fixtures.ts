import type { Finding } from '../../src/engine/finding.ts';
import type { DirectPushAlert } from '../../src/alerts/alert.ts';

export const BEFORE = 'b'.repeat(40);
export const AFTER = 'a'.repeat(40);

export function finding(overrides: Partial<Finding> = {}): Finding {
  return {
    ruleId: 'no-privileged-container',
    severity: 'error',
    message: 'Container `web` is privileged.',
    subject: {
      type: 'file',
      path: 'apps/web.yaml',
      range: { start: { line: 7, column: 1 }, end: { line: 7, column: 9 } },
      object: null,
      commit: null,
    },
    related: [],
    suggestion: null,
    fingerprint: '0'.repeat(32),
    introduced: true,
    url: null,
    ...overrides,
  };
}

export function directPush(overrides: Partial<DirectPushAlert> = {}): DirectPushAlert {
  return {
    kind: 'direct-push',
    repository: {
      id: 5,
      owner: 'acme',
      name: 'deploy',
      isPrivate: true,
      url: 'https://github.com/acme/deploy',
    },
    ref: 'refs/heads/main',
    before: BEFORE,
    after: AFTER,
    created: false,
    deleted: false,
    forced: false,
    pusher: 'mallory',
    commits: [{ sha: AFTER, merge: false }],
    evidence: 'GitHub knows no pull request for it.',
    review: {
      findings: [finding()],
      reach: { applications: ['web'], clusters: [], environments: ['production'] },
      policy: { source: '.github/gitops-warden.yml', hash: 'c'.repeat(64) },
    },
    notChecked: [],
    ...overrides,
  };
}
