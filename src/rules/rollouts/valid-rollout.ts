import type { Problem } from '../../engine/rule.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import type { Part } from '../support/argo-application.ts';
import { canaryProblems } from '../support/rollout-canary.ts';
import { strategyOf } from '../support/rollout.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

// What the controller checks: argo-rollouts, pkg/apis/rollouts/validation/validation.go.
export const validRollout = ofWholeObjects(({ value }): Problem[] => {
  const strategy = valueAt(value, ['spec', 'strategy']);
  const named = isRecord(strategy) ? Object.keys(strategy).filter((key) => isRecord(strategy[key])) : [];
  const [canary, blueGreen] = [strategyOf(value, 'canary'), strategyOf(value, 'blueGreen')];
  if (canary !== null && blueGreen !== null) {
    return [
      {
        pointer: ['spec', 'strategy'],
        atKey: true,
        judged: named,
        message: 'Rollout `{name}` has two strategies, `canary` and `blueGreen`. The controller refuses it.',
        remediation: 'Remove one of them.',
      },
    ];
  }
  if (canary !== null) return canaryProblems(canary);
  if (blueGreen !== null) return blueGreenProblems(blueGreen);
  // `canary: {}` and `canary:` without anything are not the same.
  return [
    {
      pointer: ['spec', 'strategy'],
      atKey: true,
      judged: named,
      message:
        'Rollout `{name}` has neither the strategy `canary` nor `blueGreen`. The controller refuses it.',
      remediation: 'Add one of them under `spec.strategy`; `canary: {}` works like a Deployment.',
    },
  ];
});

function blueGreenProblems({ pointer, value }: Part): Problem[] {
  const [active, preview] = [asText(value['activeService']), asText(value['previewService'])];
  if (active === null) {
    return [
      {
        pointer: [...pointer, 'activeService'],
        message:
          'Rollout `{name}` names no `activeService`, so the controller cannot switch to the new version.',
        remediation: 'Add the Service that users reach.',
      },
    ];
  }
  return active === preview
    ? [
        {
          pointer: [...pointer, 'previewService'],
          judged: preview,
          message:
            'Rollout `{name}` uses one Service as `activeService` and `previewService`. The controller refuses it, because ' +
            'the new version could not be tried apart from the old one.',
          remediation: 'Make a second Service, and name it as `previewService`.',
        },
      ]
    : [];
}
