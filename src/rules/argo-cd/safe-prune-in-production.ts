import type { Problem } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { applicationSpecs } from '../support/argo-application.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

const CAREFUL = ['PruneLast=true', 'Prune=confirm', 'Prune=false'];

export const safePruneInProduction = ofWholeObjects((manifest) =>
  applicationSpecs(manifest).flatMap(({ pointer, value }): Problem[] => {
    const automated = valueAt(value, ['syncPolicy', 'automated']);
    if (!isRecord(automated) || automated['enabled'] === false) return [];
    if (automated['prune'] !== true || automated['selfHeal'] !== true) return [];
    const options = listAt(value, ['syncPolicy', 'syncOptions']);
    if (options.some((option) => typeof option === 'string' && CAREFUL.includes(option))) return [];
    return [{ pointer: [...pointer, 'syncPolicy', 'automated', 'prune'], atKey: true, judged: options }];
  }),
);
