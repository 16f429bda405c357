import type { Problem } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { listAt } from '../../manifests/workload.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

const STRICT = 'missingkey=error';

export const appsetStrictTemplates = ofWholeObjects(({ value }): Problem[] => {
  const spec = isRecord(value['spec']) ? value['spec'] : {};
  if (spec['goTemplate'] !== true)
    return [{ pointer: ['spec', 'goTemplate'], judged: spec['goTemplate'] ?? null }];
  if (listAt(spec, ['goTemplateOptions']).includes(STRICT)) return [];
  return [
    {
      pointer: ['spec', 'goTemplateOptions'],
      judged: spec['goTemplateOptions'] ?? null,
      message: 'ApplicationSet `{name}` puts `<no value>` where a generator lacks a key, and deploys that.',
      remediation: 'Add `goTemplateOptions: ["missingkey=error"]` under `spec`.',
    },
  ];
});
