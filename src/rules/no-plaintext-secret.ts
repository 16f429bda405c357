import type { ManifestRule } from '../engine/rule.ts';
import { plainKeysOf } from '../manifests/plain-secret.ts';
import { shellWord } from './support/shell.ts';
import { sopsConfigFor, SOPS_CONFIG_GLOBS } from './support/sops-context.ts';

const WITHOUT_SOPS =
  'Rotate it, and keep it out of the repository: encrypt the file with SOPS, or commit an ExternalSecret or a ' +
  'SealedSecret instead.';

export const noPlaintextSecret: ManifestRule = {
  scope: 'manifest',
  context: SOPS_CONFIG_GLOBS,
  judge(manifest, { snapshot }) {
    const usesSops = sopsConfigFor(manifest.path, snapshot) !== null;
    return plainKeysOf(manifest.value).map(({ pointer, field, key, value }) => ({
      pointer,
      atKey: true,
      judged: value,
      values: { field, key, file: shellWord(manifest.path) },
      ...(usesSops ? {} : { remediation: WITHOUT_SOPS }),
    }));
  },
};
