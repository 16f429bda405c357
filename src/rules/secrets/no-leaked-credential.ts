import type { Leak } from '../../engine/leak.ts';
import type { FileRule, JudgedFile, Problem } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { plainKeysOf } from '../../manifests/plain-secret.ts';
import type { Range } from '../../manifests/position.ts';
import { KINDS } from '../../secrets/catalogue/index.ts';
import { readableText } from '../../secrets/readable-text.ts';
import { findPrivateKeys } from './no-private-key.ts';

/** Kinds that no-private-key reports too. */
const KEYS: ReadonlySet<string> = new Set(['private-key', 'age-secret-key']);

/** The search itself runs before the judgement, in threads of its own: text can keep a pattern busy for minutes. */
export const noLeakedCredential: FileRule = {
  scope: 'file',
  judgesLeaks: true,
  judge(file, { leaks }) {
    if (leaks === null || leaks === undefined) throw new Error('nobody looked for credentials');
    const { content } = file.version;
    if (leaks.length === 0 || content === null) return [];
    const { text } = readableText(content);
    const keys = file.text === null ? [] : findPrivateKeys(file.text);
    const isKey = ({ kind, encoded, start, span }: Leak): boolean =>
      KEYS.has(kind) && !encoded && keys.some(({ index }) => index >= start && index < start + span);
    const fields = plainFieldsOf(file);
    return leaks
      .filter((leak) => !isKey(leak) && !isGuessWithin(leak, fields))
      .map((leak) => problemOf(leak, text));
  },
};

/** The values of Secrets in plain text, which no-plaintext-secret reports by their place. */
function plainFieldsOf({ manifests }: JudgedFile): Range[] {
  return manifests
    .filter(({ group, kind, value }) => group === '' && kind === 'Secret' && isRecord(value))
    .flatMap((manifest) => {
      const keys = isRecord(manifest.value) ? plainKeysOf(manifest.value) : [];
      return keys.map(({ pointer }) => manifest.rangeOf(pointer, 'value'));
    });
}

/** A kind that is guessed by the name of its field adds nothing to that; one that is certain does. */
function isGuessWithin({ kind, range }: Leak, fields: readonly Range[]): boolean {
  if (range === null || KINDS.get(kind)?.byName !== true) return false;
  return fields.some(({ start, end }) => start.line <= range.start.line && range.end.line <= end.line);
}

/** With a key by the fingerprint, which moves with the secret; without one by the place. */
function acceptanceOf({ kind, fingerprint, range }: Leak): string {
  return fingerprint === null
    ? `the line \`{path}:${kind}:${range?.start.line ?? 0}\` in \`.gitleaksignore\` on the base branch sets it aside`
    : '`{fingerprint}` with a reason under `secrets: {allow: …}` in the policy on the base branch sets it aside';
}

/** Why the comment that would allow it does not. */
const UNHEEDED: Readonly<Record<NonNullable<Leak['unheeded']>, string>> = {
  change:
    ' The comment `gitleaks:allow` in its line does not count, because with it whoever opens a pull request would approve of his own secret; the policy of the base can let it count with `secrets: {inlineAllow: true}`.',
  policy:
    ' The comment `gitleaks:allow` in its line does not count, because the policy has `secrets: {inlineAllow: false}`.',
  floor:
    ' The comment `gitleaks:allow` in its line does not count, because the organisation wants this kind of secret reported everywhere.',
};

function problemOf(leak: Leak, text: string): Problem {
  const { kind, title, length, fingerprint, advice, url, range, expired, unheeded } = leak;
  const whole = length === 0;
  const what = whole ? 'is a {title}' : `holds a secret: {title}, ${length} characters{encoded}{digest}`;
  const ended = expired === null ? '' : ' The exception that the policy makes for it ended on {expired}.';
  const comment = unheeded === null ? '' : UNHEEDED[unheeded];
  return {
    message: `\`{path}\` ${what}. Whoever can read this repository can use it, and it stays in the history.${ended}${comment} ${advice}${url === null ? '' : ` See ${url}.`}`,
    values: {
      title,
      encoded: leak.encoded ? ', encoded' : '',
      digest: fingerprint === null ? '' : `, ${fingerprint}`,
      fingerprint: fingerprint ?? '',
      expired: expired ?? '',
    },
    acceptance: acceptanceOf(leak),
    place: JSON.stringify([kind, length]),
    judged: whole ? null : text.slice(leak.start, leak.start + leak.span),
    ...(range === null ? {} : { range }),
    severity: leak.severity,
    secret: { kind, length, fingerprint },
    allowed: leak.allowed,
    related: leak.copies,
  };
}
