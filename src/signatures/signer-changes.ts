import type { SignerChange } from '../engine/change.ts';
import type { SignaturePolicyFile } from '../engine/signature-policy-file.ts';
import type { AllowedSigner } from './allowed-signers.ts';
import type { Keyring } from './keyring.ts';
import type { OpenpgpKey } from './openpgp-key.ts';
import type { Certificate } from './x509-authorities.ts';
import { certificateName } from './x509-chain.ts';

/** What decides who may sign, on one side of a change. */
export interface SigningRights {
  readonly keyring: Keyring;
  /** Where a key or list stands that the keyring does not place itself. */
  readonly policyPath: string;
  readonly policy: SignaturePolicyFile;
}

interface Right {
  /** Equal for rights that are the same. */
  readonly id: string;
  readonly change: Omit<SignerChange, 'kind'>;
}

/** Who gains and who loses what when one side takes the place of the other. */
export function signerChanges(before: SigningRights, after: SigningRights): SignerChange[] {
  return [
    ...differences(keyRights(before.keyring), keyRights(after.keyring), 'gains', 'loses'),
    // A key that is revoked loses what it had.
    ...differences(revokedKeys(before.keyring), revokedKeys(after.keyring), 'loses', 'gains'),
    ...differences(memberships(before), memberships(after), 'joins', 'leaves'),
    ...settings(before, after),
  ];
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

function keyRights({ ssh, openpgp, x509 }: Keyring): Right[] {
  return [...ssh.map(sshRight), ...openpgp.map(openpgpRight), ...x509.roots.map(rootRight)];
}

function sshRight({
  path,
  line,
  principals,
  isAuthority,
  namespaces,
  validAfter,
  validBefore,
  key,
}: AllowedSigner): Right {
  const who = principals.join(',');
  const limits = [
    ...(isAuthority ? ['as an authority'] : []),
    ...(namespaces === null ? [] : [`for ${namespaces.join(',')}`]),
    ...(validAfter === null ? [] : [`from ${day(validAfter)}`]),
    ...(validBefore === null ? [] : [`until ${day(validBefore)}`]),
  ];
  const what = [key.fingerprint, ...limits].join(' ');
  return {
    id: JSON.stringify(['ssh', who, what, validAfter, validBefore]),
    change: { path, line, who, what },
  };
}

function openpgpRight({ path, key, fingerprint }: OpenpgpKey): Right {
  const who = key.users.flatMap((user) => user.userID?.userID ?? []).join(', ');
  const parts = [
    ...key.subkeys.map((subkey) => subkey.getFingerprint()),
    ...key.revocationSignatures.map(() => 'revoked'),
  ];
  return {
    id: JSON.stringify(['openpgp', fingerprint, who, parts.sort()]),
    change: { path, line: null, who: who === '' ? fingerprint : who, what: `openpgp:${fingerprint}` },
  };
}

function rootRight(root: Certificate): Right {
  const what = certificateName(root);
  return {
    id: what,
    change: {
      path: root.path,
      line: null,
      who: root.node.subject.replaceAll('\n', ', '),
      what: `${what} as an authority`,
    },
  };
}

function revokedKeys({ revokedSsh }: Keyring): Right[] {
  return [...revokedSsh].map(([fingerprint, { path, line }]) => ({
    id: fingerprint,
    change: { path, line, who: fingerprint, what: 'a key in the list of revoked ones' },
  }));
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
  ...['require', 'keys', 'paths', 'identity', 'github', 'webFlow'],
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

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
