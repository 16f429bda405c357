import { isDeepStrictEqual } from 'node:util';
import type { ManifestRule } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { lastingContainersOf } from '../support/pods.ts';

export const noIdenticalProbes: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    return lastingContainersOf(manifest).flatMap(({ pointer, value }) => {
      const [liveness, readiness] = [value['livenessProbe'], value['readinessProbe']];
      if (!isRecord(liveness) || !isDeepStrictEqual(liveness, readiness)) return [];
      return [{ pointer: [...pointer, 'livenessProbe'], atKey: true, judged: liveness }];
    });
  },
};
