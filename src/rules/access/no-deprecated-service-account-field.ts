import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { asText } from '../../manifests/manifest.ts';
import { podSpecsOf } from '../../manifests/workload.ts';
import { replaceInLine } from '../../engine/line-edit.ts';

const REMOVE = 'Remove `serviceAccount`; `serviceAccountName` is there already.';

export const noDeprecatedServiceAccountField: ManifestRule = {
  scope: 'manifest',
  judge(manifest, context) {
    return podSpecsOf(manifest).flatMap((spec): Problem[] => {
      const old = asText(spec.value['serviceAccount']);
      if (old === null) return [];
      const pointer = [...spec.pointer, 'serviceAccount'];
      const problem = { pointer, atKey: true, judged: old };
      return asText(spec.value['serviceAccountName']) === null
        ? [
            {
              ...problem,
              ...replaceInLine(manifest, context, pointer, 'serviceAccount', 'serviceAccountName', 'key'),
            },
          ]
        : [{ ...problem, remediation: REMOVE }];
    });
  },
};
