import type { ManifestRule } from '../../engine/rule.ts';
import { isExposed } from '../../manifests/credentials/exposed.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { plainKeysOf } from '../../manifests/plain-secret.ts';

const LABEL = 'sealedsecrets.bitnami.com/sealed-secrets-key';

export const noSealedSecretsKey: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    if (!isSealingKey(manifest)) return [];
    return plainKeysOf(manifest.value)
      .filter((one) => one.key === 'tls.key' && isExposed(one))
      .map(({ pointer, value }) => ({ pointer, atKey: true, judged: value }));
  },
};

/** The controller knows its keys by the label; it names them itself. */
function isSealingKey({ value, name }: Manifest): boolean {
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  const labels = isRecord(metadata['labels']) ? metadata['labels'] : {};
  return labels[LABEL] !== undefined || /^sealed-secrets-key[a-z0-9]{0,10}$/.test(name ?? '');
}
