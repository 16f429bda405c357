import { enums, type Key, type Subkey, type User } from 'openpgp';
import { day, type Right } from './key-rights.ts';
import { fingerprintOf, isRevoked, OPENPGP_CONFIG, type OpenpgpKey } from './openpgp-key.ts';

/** User ids and subkeys whose statements are verified; of the keys beyond, only that they differ is told. */
const MAX_PARTS = 1_000;

/** Who may sign with OpenPGP keys: with which key or subkey, for whom, and until when. */
export async function openpgpRights(keys: readonly OpenpgpKey[]): Promise<Right[]> {
  const rights: Right[] = [];
  let parts = 0;
  for (const entry of keys) {
    parts += entry.key.users.length + entry.key.subkeys.length;
    rights.push(...(parts > MAX_PARTS ? [unread(entry)] : await rightsOf(entry)));
  }
  return rights;
}

/** Equal for keys that are the same to the byte. */
export function bytesOf({ key }: OpenpgpKey): string {
  return Buffer.from(key.write()).toString('base64');
}

function unread(entry: OpenpgpKey): Right {
  const { path, fingerprint } = entry;
  return {
    id: JSON.stringify(['openpgp', bytesOf(entry)]),
    change: { path, line: null, who: fingerprint, what: `openpgp:${fingerprint}` },
  };
}

async function rightsOf({ path, key, fingerprint }: OpenpgpKey): Promise<Right[]> {
  const standing = await standingOf(key, key);
  if (standing === null) return [];
  const right = (who: string, what: string): Right => ({
    id: JSON.stringify(['openpgp', fingerprint, who, what]),
    change: { path, line: null, who, what },
  });
  const people: string[] = [];
  for (const user of key.users) {
    if (user.userID !== null && (await stands(user))) people.push(user.userID.userID);
  }
  const what = `openpgp:${fingerprint}${until(await key.getExpirationTime(undefined, OPENPGP_CONFIG))}${standing}`;
  const rights = (people.length === 0 ? [fingerprint] : people).map((who) => right(who, what));
  for (const subkey of key.subkeys.filter(signs)) {
    const own = await standingOf(key, subkey);
    if (own === null) continue;
    const end = until(await subkey.getExpirationTime(whenever, OPENPGP_CONFIG));
    rights.push(right(`openpgp:${fingerprint}`, `the subkey openpgp:${fingerprintOf(subkey)}${end}${own}`));
  }
  return rights;
}

/** The library takes null for "whenever", and its types do not say so. */
const whenever = null as never;

/** Null when the key accounts for nothing any more. */
async function standingOf(key: Key, part: Key | Subkey): Promise<string | null> {
  // Before there were any keys: then only a revocation counts that takes back all that a key ever signed.
  if (await isRevoked(key, part, new Date(0))) return null;
  return (await isRevoked(key, part, null)) ? ', retired' : '';
}

/** Certified by the key itself, and not given up since. */
function stands(user: User): Promise<boolean> {
  return user.verify(whenever, OPENPGP_CONFIG).then(
    () => true,
    () => false,
  );
}

function signs({ bindingSignatures }: Subkey): boolean {
  return bindingSignatures.some(({ keyFlags }) => ((keyFlags?.[0] ?? 0) & enums.keyFlags.signData) !== 0);
}

function until(end: Date | number | null): string {
  return end instanceof Date ? ` until ${day(end.getTime() / 1000)}` : '';
}
