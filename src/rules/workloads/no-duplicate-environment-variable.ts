import type { ManifestRule } from '../../engine/rule.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { containersOf, listAt } from '../../manifests/workload.ts';

export const noDuplicateEnvironmentVariable: ManifestRule = {
  scope: 'manifest',
  judge(manifest, { file }) {
    // A template may choose one of them.
    if (file?.template === true) return [];
    return containersOf(manifest).flatMap(({ pointer, value }) => {
      const seen = new Set<string>();
      return listAt(value, ['env']).flatMap((variable, index) => {
        const variableName = isRecord(variable) ? asText(variable['name']) : null;
        if (variableName === null) return [];
        const again = seen.has(variableName);
        seen.add(variableName);
        return again
          ? [
              {
                pointer: [...pointer, 'env', String(index), 'name'],
                judged: variableName,
                values: { variable: variableName },
              },
            ]
          : [];
      });
    });
  },
};
