import { posix } from 'node:path';
import type { JudgedFile, Problem, RepositoryRule, RuleContext } from '../engine/rule.ts';
import { CIPHERTEXT_PREFIX } from '../manifests/sops-crypt.ts';
import { SOPS_CONFIG_NAME } from '../manifests/sops-config.ts';
import { sopsDocumentsOf, sopsMetadataOf } from '../manifests/sops-file.ts';
import { isSameRecipient, recipientsOfMetadata, type SopsRecipient } from '../manifests/sops-recipients.ts';
import { shellWord } from './support/shell.ts';
import { SOPS_CONFIG_GLOBS, sopsConfigFor } from './support/sops-context.ts';

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
    return [...files].flatMap(([path, open]) => {
      const content = context.snapshot.files.get(path)?.content;
      if (!content || !holdsCiphertext(content)) return [];
      return mismatch(path, open, context);
    });
  },
};

function holdsCiphertext(content: Uint8Array): boolean {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).includes(CIPHERTEXT_PREFIX);
}

function mismatch(path: string, open: () => JudgedFile, { snapshot }: RuleContext): Problem[] {
  const config = sopsConfigFor(path, snapshot);
  const rule = config?.ruleFor(path) ?? null;
  // A rule without recipients leaves them to the command line.
  if (config === null || rule === null || rule.recipients.length === 0) return [];
  // SOPS reads the metadata of the first document and leaves out the others'.
  const document = sopsDocumentsOf(open())[0];
  const metadata = document === undefined ? null : sopsMetadataOf(document);
  if (document === undefined || metadata === null) return [];

  const actual = recipientsOfMetadata(metadata);
  const missing = without(rule.recipients, actual);
  const surplus = without(actual, rule.recipients);
  if (missing.length === 0 && surplus.length === 0) return [];
  return [
    {
      path,
      pointer: ['sops'],
      range: document.rangeOf(['sops'], 'key'),
      judged: [missing, surplus].map((list) => list.map(({ type, id }) => `${type} ${id}`).sort()),
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

function without(all: readonly SopsRecipient[], others: readonly SopsRecipient[]): SopsRecipient[] {
  return all.filter((one) => !others.some((other) => isSameRecipient(one, other)));
}

function describe(missing: readonly SopsRecipient[], surplus: readonly SopsRecipient[]): string {
  const parts = [
    missing.length > 0 ? `it is not encrypted for ${names(missing)}` : null,
    surplus.length > 0 ? `it can still be decrypted by ${names(surplus)}` : null,
  ];
  return parts.filter((part) => part !== null).join(', and ');
}

const MAX_NAMED = 3;

function names(recipients: readonly SopsRecipient[]): string {
  const named = recipients.slice(0, MAX_NAMED).map(shortName);
  const rest = recipients.length - named.length;
  return rest > 0 ? `${named.join(', ')} and ${rest} more` : named.join(', ');
}

// Only what has the form of a public name is shown: a private key may have been pasted in its place.
const PUBLIC_FORMS: readonly RegExp[] = [
  /^age1[a-z0-9]{30,}$/,
  /^[0-9A-F]{16,64}$/,
  /^arn:aws[\w-]*:kms:[\w-]*:\d*:(?:key|alias)\/[\w/-]{1,80}$/,
  /^projects\/[\w-]{1,60}\/locations\/[\w-]{1,40}\/keyRings\/[\w-]{1,60}\/cryptoKeys\/[\w-]{1,60}$/,
];

function shortName({ type, id }: SopsRecipient): string {
  if (!PUBLIC_FORMS.some((form) => form.test(id))) return `a recipient of type ${type}`;
  return id.length <= 24 ? id : `${id.slice(0, 12)}…${id.slice(-6)}`;
}
