import type { ConfigProblem, KeyPlaces } from '../engine/policy.ts';
import { readAllowedSigners, readRevokedKeys, type AllowedSigner } from './allowed-signers.ts';
import { readOpenpgpKeys, type OpenpgpKey } from './openpgp-key.ts';
import { readAuthorities, type Authorities } from './x509-authorities.ts';

/** The public keys that a revision names, ready to verify with. */
export interface Keyring {
  readonly ssh: readonly AllowedSigner[];
  /** Fingerprints of SSH keys, and of certificate authorities, that do not count any more. */
  readonly revokedSsh: ReadonlyMap<string, { readonly path: string; readonly line: number }>;
  readonly openpgp: readonly OpenpgpKey[];
  readonly x509: Authorities;
  /** What is wrong with the files; whatever else they hold is in the ring. */
  readonly problems: readonly ConfigProblem[];
}

/** A file as it was read; null bytes: it is there and could not be read. */
export interface KeyFile {
  readonly path: string;
  readonly bytes: Uint8Array | null;
}

export const EMPTY_KEYRING: Keyring = {
  ssh: [],
  revokedSsh: new Map(),
  openpgp: [],
  x509: { roots: [], intermediates: [], revocations: [] },
  problems: [],
};

/** Whether a path is one of the key files, or stands in one of their folders. */
export function holdsKeys(path: string, places: KeyPlaces): boolean {
  return Object.values(places).some((place: string) => isAt(path, place));
}

/** Whether nobody could sign anything with it: a key that is revoked is none. */
export function isEmptyKeyring({ ssh, revokedSsh, openpgp, x509 }: Keyring): boolean {
  const noSsh = ssh.every(({ key }) => revokedSsh.has(key.fingerprint));
  return noSsh && openpgp.length === 0 && x509.roots.length === 0;
}

export async function readKeyring(files: readonly KeyFile[], places: KeyPlaces): Promise<Keyring> {
  const problems: ConfigProblem[] = [];
  const ssh: AllowedSigner[] = [];
  const revokedSsh = new Map<string, { path: string; line: number }>();
  const openpgp: OpenpgpKey[] = [];
  const x509: KeyFile[] = [];
  for (const file of files) {
    const { path, bytes } = file;
    const note = (message: string, line: number | null = null): void => {
      problems.push({ path, line, message });
    };
    if (bytes === null) {
      note('is no readable file: a key file behind a link, in a submodule or of more than 1 MiB is not read');
    } else if (isAt(path, places.allowedSigners)) {
      const read = readAllowedSigners(path, decode(bytes));
      ssh.push(...read.entries);
      for (const { line, message } of read.problems) note(message, line);
    } else if (isAt(path, places.revokedKeys)) {
      const read = readRevokedKeys(decode(bytes));
      for (const { fingerprint, line } of read.entries) revokedSsh.set(fingerprint, { path, line });
      for (const { line, message } of read.problems) note(message, line);
    } else if (isAt(path, places.openpgp)) {
      if (isNote(path)) continue;
      const read = await readOpenpgpKeys(path, bytes);
      openpgp.push(...read.keys);
      for (const message of read.problems) note(message);
    } else if (isAt(path, places.x509) && !isNote(path)) {
      x509.push(file);
    }
  }
  const authorities = readAuthorities(
    x509.map(({ path, bytes }) => ({ path, bytes: bytes ?? new Uint8Array() })),
  );
  return {
    ssh,
    revokedSsh,
    openpgp,
    x509: authorities.value,
    problems: [...problems, ...authorities.problems],
  };
}

function isAt(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

/** A folder of keys may say what it is for. */
function isNote(path: string): boolean {
  return /(?:^|\/)(?:README(?:\.[a-z]+)?|\.gitkeep|\.gitattributes)$/i.test(path);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
