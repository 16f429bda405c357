import { GitHubError } from '../errors.ts';
import { PAGE_SIZE } from './api.ts';
import type { Api } from './api.ts';

/** The public keys with which an account signs. */
export interface SigningKeys {
  /** As in an `authorized_keys` file: kind and base64. */
  readonly ssh: readonly string[];
  /** Armored. */
  readonly openpgp: readonly string[];
}

/** The first hundred keys of each kind; none for an account that does not exist, or not any more. */
export async function listSigningKeys(api: Api, username: string): Promise<SigningKeys> {
  try {
    const query = { username, per_page: PAGE_SIZE };
    const ssh = await api.octokit.request('GET /users/{username}/ssh_signing_keys', query);
    const openpgp = await api.octokit.request('GET /users/{username}/gpg_keys', query);
    return {
      ssh: ssh.data.map(({ key }) => key),
      openpgp: openpgp.data.flatMap(({ raw_key: armored, revoked }) => (revoked ? [] : (armored ?? []))),
    };
  } catch (error) {
    if (error instanceof GitHubError && error.kind === 'not-found') return { ssh: [], openpgp: [] };
    throw error;
  }
}
