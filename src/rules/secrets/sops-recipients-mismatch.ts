import { posix } from 'node:path';
import type { JudgedFile, Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { CIPHERTEXT_PREFIX } from '../../manifests/sops-crypt.ts';
import { SOPS_CONFIG_NAME } from '../../manifests/sops-config.ts';
import type { SopsRecipient } from '../../manifests/sops-recipients.ts';
import { recipientDrift } from '../../sops/drift.ts';
import { holdsCiphertext, readSops } from '../../sops/reading.ts';
import { recipientNames } from '../../sops/recipient-names.ts';
import { shellWord } from '../support/shell.ts';
import { SOPS_CONFIG_GLOBS, sopsConfigFor } from '../support/sops-context.ts';

export const sopsRecipientsMismatch: RepositoryRule = {
  scope: 'repository',
  context: SOPS_CONFIG_GLOBS,
  // Another configuration may mean other recipients for every file below it.
  widen(changedPath) {
    if (posix.basename(changedPath) !== SOPS_CONFIG_NAME) return null;
    const folder = posix.dirname(changedPath);
    return { under: folder === '.' ? '' : folder, containing: CIPHERTEXT_PREFIX };
  },
  judge(files, context) {
    const { snapshot, changed } = context;
    // A file that nobody touched is judged when another configuration may mean other recipients for it.
    const all = changed === undefined || changesConfig(context);
    return [...files].flatMap(([path, open]) => {
      const version = snapshot.files.get(path);
      if (version === undefined || !(all || changed.has(path)) || !holdsCiphertext(version)) return [];
      return mismatch(path, open, context);
    });
  },
};

function changesConfig({ changed = new Set(), otherChanged = new Set() }: RuleContext): boolean {
  return [...changed, ...otherChanged].some((path) => posix.basename(path) === SOPS_CONFIG_NAME);
}

function mismatch(path: string, open: () => JudgedFile, { snapshot }: RuleContext): Problem[] {
  const config = sopsConfigFor(path, snapshot);
  const rule = config?.ruleFor(path) ?? null;
  // SOPS reads the metadata of the first document and leaves out the others'.
  const unit = config === null || rule === null ? undefined : readSops(open())?.units[0];
  if (config === null || rule === null || unit === undefined) return [];
  const drift = recipientDrift(unit, rule);
  if (drift === null) return [];
  const { missing, surplus } = drift;
  const range = unit.documents[0]?.rangeOf(['sops'], 'key');
  return [
    {
      path,
      pointer: ['sops'],
      judged: [missing, surplus].map((list) => list.map(({ type, id }) => `${type} ${id}`).sort()),
      ...(range === undefined ? {} : { range }),
      values: { difference: describe(missing, surplus), config: config.path, file: shellWord(path) },
      related: [
        {
          message: 'The creation rule that applies to the file.',
          location: { path: config.path, range: rule.range },
        },
      ],
    },
  ];
}

function describe(missing: readonly SopsRecipient[], surplus: readonly SopsRecipient[]): string {
  const parts = [
    missing.length > 0 ? `it is not encrypted for ${recipientNames(missing)}` : null,
    surplus.length > 0 ? `it can still be decrypted by ${recipientNames(surplus)}` : null,
  ];
  return parts.filter((part) => part !== null).join(', and ');
}
