import type { FileVersion } from '../engine/change.ts';
import type { Policy } from '../engine/policy.ts';
import { holdsKeys, isEmptyKeyring, readKeyring, type KeyFile, type Keyring } from '../signatures/keyring.ts';
import { revokedRights } from '../signatures/key-rights.ts';
import { asksForSigners, mayNameAccounts } from '../signatures/requirements.ts';
import type { ConfigKind } from './config-files.ts';

/** The public keys of those who may sign. */
export const KEY_FILES: ConfigKind<Keyring> = {
  holds: (path, policy) => holdsKeys(path, policy.signatures.keys),
  read: async (files, policy) => {
    const keyring = await readKeyring(files.map(toKeyFile), policy.signatures.keys);
    return isLockedOut(keyring, policy)
      ? { value: keyring, problems: [...keyring.problems, nobody(policy)], withdrawn: 'signatures' }
      : { value: keyring, problems: keyring.problems };
  },
  // Whoever mends needs no signature where there are no keys: somebody who was shut out must not let himself in that way.
  objections: (before, after) => {
    const still = new Set(revokedRights(after).map(({ id }) => id));
    return revokedRights(before)
      .filter(({ id }) => !still.has(id))
      .map(({ change: { path, line, who } }) => ({
        path,
        line,
        message: `lists ${who} as revoked, and a change that mends the configuration cannot take that back. Mend it first`,
      }));
  },
};

function toKeyFile({ path, mode, content }: FileVersion): KeyFile {
  return { path, bytes: mode === 'file' || mode === 'executable' ? content : null };
}

/** Nobody could sign anything: that is a mistake, and neither a pass for everybody nor a lock without a key. */
function isLockedOut(keyring: Keyring, { signatures }: Policy): boolean {
  return asksForSigners(signatures) && isEmptyKeyring(keyring) && !mayNameAccounts(signatures);
}

function nobody({ signatures }: Policy): { path: string; line: null; message: string } {
  const { allowedSigners, openpgp, x509 } = signatures.keys;
  return {
    path: allowedSigners,
    line: null,
    message:
      `names no key, and neither do \`${openpgp}\` and \`${x509}\`: the policy asks for allowed signers, and there are none. ` +
      'Add a line such as `ada@example.com ssh-ed25519 AAAA…`',
  };
}
