import type { FileRule } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { readSops, type UnitLeaf } from '../../sops/reading.ts';
import { sopsConfigFor } from '../../sops/config-of.ts';
import { looksSecret } from '../../sops/secret-keys.ts';
import { shellWord } from '../support/shell.ts';
import { SOPS_CONFIG_GLOBS } from '../support/sops-context.ts';

export const noPlainKeyInSopsFile: FileRule = {
  scope: 'file',
  context: SOPS_CONFIG_GLOBS,
  judge(file, { snapshot }) {
    const reading = readSops(file);
    if (reading === null) return [];
    const demanded = sopsConfigFor(file.path, snapshot)?.ruleFor(file.path)?.scope ?? ((): boolean => false);
    return reading.units.flatMap(({ leaves, scope, mode }) =>
      leaves
        // What the file's own mode or its creation rule asks for is another rule's matter.
        .filter((leaf) => !leaf.encrypted && scope?.(leaf.keys) === false && !demanded(leaf.keys))
        .filter((leaf) => !isLeftOnPurpose(leaf) && !isSecretData(leaf))
        .filter((leaf) => looksSecret(leaf.keys.at(-1) ?? '', leaf.value))
        .map((leaf) => ({
          pointer: leaf.pointer,
          range: leaf.document.rangeOf(leaf.pointer, 'key'),
          judged: leaf.value,
          values: {
            key: leaf.keys.join('.'),
            mode: mode === null ? 'unencrypted_suffix' : mode.kind,
            file: shellWord(file.path),
          },
        })),
    );
  },
};

/** Somebody wrote into the name that it is plain. */
function isLeftOnPurpose({ keys }: UnitLeaf): boolean {
  return keys.some((key) => /unencrypted|public/i.test(key));
}

/** The values of a Secret, which is judged as a Secret. */
function isSecretData({ document, keys }: UnitLeaf): boolean {
  const root = document.value;
  return isRecord(root) && root['kind'] === 'Secret' && ['data', 'stringData'].includes(keys[0] ?? '');
}
