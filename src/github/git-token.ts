import type { ProbotOctokit } from 'probot';
import type { Clock } from './clock.ts';

/** A token is not used in its last minutes, in milliseconds: a fetch may take that long. */
const MARGIN = 5 * 60_000;

/** Gives tokens with which `git` may read one repository and do nothing else. */
export interface GitTokens {
  get(installationId: number, repositoryId: number): Promise<string>;
}

interface CachedToken {
  readonly token: string;
  readonly expiresAt: number;
}

/**
 * Tokens are kept in memory until shortly before they expire. They are asked for with the App's own client, because
 * the installation client's `auth()` would send the request to api.github.com whatever the configured server.
 *
 * @param app the client that is authenticated as the App
 */
export function createGitTokens(app: () => Promise<ProbotOctokit>, clock: Clock): GitTokens {
  const cache = new Map<string, CachedToken>();
  return {
    async get(installationId, repositoryId) {
      const key = `${String(installationId)}/${String(repositoryId)}`;
      const cached = cache.get(key);
      if (cached !== undefined && cached.expiresAt - MARGIN > clock.now()) return cached.token;
      for (const [other, { expiresAt }] of cache) if (expiresAt <= clock.now()) cache.delete(other);
      const octokit = await app();
      const { data } = await octokit.request('POST /app/installations/{installation_id}/access_tokens', {
        installation_id: installationId,
        repository_ids: [repositoryId],
        permissions: { contents: 'read' },
        // A token too many does no harm: it expires unused.
        request: { repeatable: true },
      });
      cache.set(key, { token: data.token, expiresAt: Date.parse(data.expires_at) });
      return data.token;
    },
  };
}
