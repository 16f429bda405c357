import type { Problem } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { applicationSpecs } from '../support/argo-application.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

export const appRetryLimit = ofWholeObjects((manifest) =>
  applicationSpecs(manifest).flatMap(({ pointer, value }): Problem[] => {
    const automated = valueAt(value, ['syncPolicy', 'automated']);
    if (!isRecord(automated) || automated['enabled'] === false) return [];
    const limit = valueAt(value, ['syncPolicy', 'retry', 'limit']);
    const at = [...pointer, 'syncPolicy', 'retry', 'limit'];
    if (typeof limit !== 'number') return [{ pointer: at, judged: limit ?? null }];
    if (limit >= 0) return [];
    return [
      {
        pointer: at,
        judged: limit,
        message: '{kind} `{name}` repeats a failed sync without an end, because `retry.limit` is below zero.',
        remediation: 'Give `limit` a number such as 5.',
      },
    ];
  }),
);
