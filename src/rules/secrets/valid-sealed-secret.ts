import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { isPlaceholder } from '../../manifests/placeholder.ts';
import { isSealedSecret, looksSealed, sealedValueDefect } from '../../manifests/sealed-secret.ts';

const DEPRECATED =
  'SealedSecret `{name}` keeps everything in one piece under `spec.data`, a form that was given up for `encryptedData`.';

export const validSealedSecret: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    const { spec } = manifest.value;
    if (!isSealedSecret(manifest) || !isRecord(spec)) return [];
    const data = isRecord(spec['encryptedData']) ? spec['encryptedData'] : {};
    const damaged = Object.entries(data).flatMap(([key, value]): Problem[] => {
      const pointer = ['spec', 'encryptedData', key];
      if (value === null || value === '') {
        return [{ pointer, atKey: true, judged: value, values: { reason: 'is empty' } }];
      }
      // What was never sealed is a readable secret, which has a rule of its own.
      if (typeof value !== 'string' || isPlaceholder(value) || !looksSealed(value)) return [];
      const reason = sealedValueDefect(value);
      return reason === null ? [] : [{ pointer, atKey: true, judged: value, values: { reason } }];
    });
    const whole = spec['data'];
    if (typeof whole !== 'string' || whole === '' || isPlaceholder(whole)) return damaged;
    return [...damaged, { pointer: ['spec', 'data'], atKey: true, judged: whole, message: DEPRECATED }];
  },
};
