import { randomBytes } from 'node:crypto';
import type { Notice } from './notice.ts';

/** A notice about nothing, to see whether receivers take one; and the one that ends it. @param now in milliseconds */
export function sampleNotices(now: number): readonly [Notice, Notice] {
  const at = new Date(now).toISOString();
  const firing: Notice = {
    version: 1,
    incident: randomBytes(16).toString('hex'),
    sequence: 1,
    status: 'firing',
    kind: 'test',
    severity: 'warning',
    earlierSeverity: null,
    title: 'Test of gitops-warden: nothing happened',
    summary: 'Somebody ran `gitops-warden alert test`. If you read this, alerts arrive here.',
    repository: { name: 'example/deploy', url: 'https://github.com/example/deploy', private: true },
    subject: 'main',
    actors: ['gitops-warden'],
    startedAt: at,
    changedAt: at,
    findings: [
      {
        severity: 'error',
        ruleId: 'no-privileged-container',
        message: 'Container `web` is privileged. This finding is an example.',
        place: 'apps/web.yaml:7:1',
        url: null,
      },
    ],
    moreFindings: 0,
    notChecked: [],
    reach: { applications: ['argocd/web'], clusters: [], environments: ['production'] },
    steps: [{ title: 'Nothing to do', text: 'A real alert has the commands here.', commands: ['true'] }],
    links: [{ text: 'gitops-warden', url: 'https://github.com/gitops-warden/gitops-warden' }],
  };
  const resolved: Notice = {
    ...firing,
    sequence: 2,
    status: 'resolved',
    summary: 'The test is over.',
    steps: [],
  };
  return [firing, resolved];
}
