import type { Finding } from '../../src/engine/finding.ts';
import type { Alert, DirectPushAlert, WeakenedProtectionAlert } from '../../src/alerts/alert.ts';
import { joinIncident, openIncident, type Incident } from '../../src/alerts/incident.ts';

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
    bypass: null,
    allowed: false,
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

export const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;

/** Alerts that come one after another, a minute apart. */
export function incidentOf(first: Alert = directPush(), ...others: Alert[]): Incident {
  return others.reduce(
    (incident, alert, index) => joinIncident(incident, alert, NOW + (index + 1) * MINUTE),
    openIncident(first, NOW),
  );
}

export function weakened(overrides: Partial<WeakenedProtectionAlert> = {}): WeakenedProtectionAlert {
  return {
    kind: 'weakened-protection',
    repository: directPush().repository,
    source: 'branch-protection',
    ruleId: 12,
    ruleName: 'main',
    change: 'edited',
    actor: 'mallory',
    weakenings: [
      {
        what: 'The check `gitops-warden` is not required any more.',
        means: 'What gitops-warden refuses can be merged.',
        remedy: 'Add `gitops-warden` to the required checks.',
      },
    ],
    notChecked: [],
    ...overrides,
  };
}
