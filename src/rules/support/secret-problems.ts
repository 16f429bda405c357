import type { KindOf, Problem } from '../../engine/rule.ts';
import { decodeBase64 } from '../../manifests/base64.ts';
import { isUndecodable } from '../../manifests/credentials/exposed.ts';
import { kindOfSecretKey } from '../../manifests/credentials/secret-kind.ts';
import type { ExposedKey } from '../../manifests/credentials/secret-objects.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { adviceOn } from './credential-advice.ts';
import { shellWord } from './shell.ts';

const UNDECODABLE =
  'Secret `{name}` keeps `{key}` under `data`, where base64 belongs, as it is: {what}. The cluster refuses the object, ' +
  'and anyone who can read this repository can read the value.';
const GENERATED =
  'The generator of Secret `{name}` gives `{key}` in plain text under `literals`: {what}. Anyone who can read this ' +
  'repository can read it, and it stays in the history.';
const PATCHED =
  'A patch puts `{key}` in plain text under `{field}` of a Secret: {what}. Anyone who can read this repository can ' +
  'read it, and it stays in the history.';

/** What is said about a readable key of a Secret: its message, names and value, without its place. */
export function secretProblem(
  one: ExposedKey,
  { path, usesSops, kindOf }: { path: string; usesSops: boolean; kindOf: KindOf | undefined },
): Problem {
  const { field, key, value, secret } = one;
  const plain = field === 'data' && typeof value === 'string' ? (decodeBase64(value) ?? value) : value;
  const { what, rotate } = adviceOn(kindOfSecretKey(secret, one), plain, kindOf);
  const undecodable = isUndecodable(one);
  const message = messageOf(one, undecodable);
  return {
    judged: value,
    values: { kind: 'Secret', name: nameOf(secret), field, key: key === '' ? '(unnamed)' : key, what },
    ...(message === null ? {} : { message }),
    remediation: `Rotate it ${rotate}. ${mend(one, path, usesSops, undecodable)}`,
  };
}

function messageOf({ field, secret }: ExposedKey, undecodable: boolean): string | null {
  if (field === 'literals') return GENERATED;
  if (secret === null) return PATCHED;
  return undecodable ? UNDECODABLE : null;
}

function mend(
  { field, inner, secret }: ExposedKey,
  path: string,
  usesSops: boolean,
  undecodable: boolean,
): string {
  if (field === 'literals' || secret === null || inner !== null) {
    return (
      'Then take it out of this file, and put the Secret into a file of its own that is encrypted with ' +
      '`sops --encrypt --in-place`, or commit an ExternalSecret or a SealedSecret instead.'
    );
  }
  const file = shellWord(path);
  const first = undecodable ? 'Then move the value to `stringData`, and ' : 'Then ';
  return usesSops
    ? `${first}run \`sops --encrypt --in-place ${file}\`.`
    : `${first}keep it out of the repository: encrypt the file with SOPS (\`sops --encrypt --age <recipient> ` +
        `--encrypted-regex '^(data|stringData)$' --in-place ${file}\`), seal it (\`kubeseal --format yaml < ${file}\`), ` +
        'or commit an ExternalSecret instead.';
}

function nameOf(secret: ExposedKey['secret']): string {
  const metadata = isRecord(secret?.['metadata']) ? secret['metadata'] : {};
  const name = asText(metadata['name']) ?? '(unnamed)';
  const namespace = asText(metadata['namespace']);
  return namespace === null ? name : `${namespace}/${name}`;
}
