import type { SignerChange } from '../engine/change.ts';
import type { SignaturePolicyFile } from '../engine/signature-policy-file.ts';
import { authorityRights, listChanges, revokedRights, sshRight, type Right } from './key-rights.ts';
import type { Keyring } from './keyring.ts';
import type { OpenpgpKey } from './openpgp-key.ts';
import { bytesOf, openpgpRights } from './openpgp-rights.ts';

/** What decides who may sign, on one side of a change. */
export interface SigningRights {
  readonly keyring: Keyring;
  /** Where a key or list stands that the keyring does not place itself. */
  readonly policyPath: string;
  readonly policy: SignaturePolicyFile;
}

/** Who gains and who loses what when one side takes the place of the other. What concerns everybody comes first. */
export async function signerChanges(before: SigningRights, after: SigningRights): Promise<SignerChange[]> {
  return [
    ...settings(before, after),
    ...listChanges(before.keyring, after.keyring),
    ...differences(memberships(before), memberships(after), 'joins', 'leaves'),
    ...differences(plainRights(before.keyring), plainRights(after.keyring), 'gains', 'loses'),
    ...(await openpgpChanges(before.keyring.openpgp, after.keyring.openpgp)),
    // A key that is revoked loses what it had.
    ...differences(revokedRights(before.keyring), revokedRights(after.keyring), 'loses', 'gains'),
  ];
}

function plainRights({ ssh, x509 }: Keyring): Right[] {
  return [...ssh.map(sshRight), ...authorityRights(x509)];
}

/** What OpenPGP keys say of themselves has to be verified, so only those are looked at that are not on both sides. */
async function openpgpChanges(
  before: readonly OpenpgpKey[],
  after: readonly OpenpgpKey[],
): Promise<SignerChange[]> {
  const [old, current] = [before, after].map((keys) => new Set(keys.map(bytesOf)));
  const without = (keys: readonly OpenpgpKey[], others: ReadonlySet<string> | undefined): OpenpgpKey[] =>
    keys.filter((key) => others?.has(bytesOf(key)) !== true);
  return differences(
    await openpgpRights(without(before, current)),
    await openpgpRights(without(after, old)),
    'gains',
    'loses',
  );
}

function differences(
  before: readonly Right[],
  after: readonly Right[],
  more: SignerChange['kind'],
  less: SignerChange['kind'],
): SignerChange[] {
  const [old, current] = [new Set(before.map(({ id }) => id)), new Set(after.map(({ id }) => id))];
  return [
    ...after.filter(({ id }) => !old.has(id)).map(({ change }) => ({ ...change, kind: more })),
    ...before
      .filter(({ id }) => !current.has(id))
      .map(({ change }) => ({ ...change, line: null, kind: less })),
  ];
}

function memberships({ policyPath, policy }: SigningRights): Right[] {
  const lists: (readonly [string, readonly string[]])[] = [
    ...Object.entries(policy.groups ?? {}).map(([name, signers]) => [`groups.${name}`, signers] as const),
    ...(policy.signers === undefined ? [] : [['signers', policy.signers] as const]),
  ];
  return lists.flatMap(([list, signers]) =>
    signers.map((who) => ({
      id: JSON.stringify([list, who]),
      change: { path: policyPath, line: null, who, what: `signatures.${list}` },
    })),
  );
}

const SETTINGS = [
  ...['require', 'keys', 'paths', 'tags', 'identity', 'github', 'webFlow'],
  ...['userPresence', 'expiredKeys', 'retiredKeys'],
] as const;

function settings(before: SigningRights, after: SigningRights): SignerChange[] {
  const [old, current] = [before.policy, after.policy] as Record<string, unknown>[];
  return SETTINGS.flatMap((name) => {
    const [was, is] = [written(old?.[name]), written(current?.[name])];
    const change = {
      path: after.policyPath,
      line: null,
      kind: 'setting' as const,
      who: `signatures.${name}`,
    };
    return was === is ? [] : [{ ...change, what: `${was} to ${is}` }];
  });
}

function written(value: unknown): string {
  return value === undefined ? 'its default' : typeof value === 'string' ? value : JSON.stringify(value);
}
