import { GitError } from './git-error.ts';
import type { GitContext } from './git-process.ts';

/** The fixed circumstances under which git may talk to a remote. */
const CONFIG: readonly (readonly [string, string])[] = [
  // A header that was given for one host would be sent along to another one.
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '30'],
  // Received packs are hashed and checked for gaps in any case. The further checks would refuse histories with old,
  // harmless oddities (padded modes, missing addresses), and guard against dangers of a checkout, which never happens.
  ['fetch.fsckObjects', 'false'],
  ['transfer.fsckObjects', 'false'],
];

/** @throws {GitError} for anything but a plain http or https address without credentials */
export function checkUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || !/^https?:\/\//.test(url)) {
    throw new GitError('failed', 'A remote must be an http or https address');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new GitError('failed', 'The address of a remote must not hold credentials');
  }
  return parsed;
}

/** The token travels in the environment only: arguments and addresses can be read by others, and end up in logs. */
export function remoteContext(
  url: URL,
  token: string | null,
  context: Pick<GitContext, 'cwd' | 'gitDir' | 'env'>,
): GitContext {
  const basic = token === null ? '' : Buffer.from(`x-access-token:${token}`, 'utf8').toString('base64');
  return {
    ...context,
    group: true,
    env: { GIT_ALLOW_PROTOCOL: 'http:https', ...context.env },
    config: [
      ...CONFIG,
      ...(token === null
        ? []
        : [[`http.${url.origin}/.extraHeader`, `Authorization: Basic ${basic}`] as const]),
    ],
    secrets: token === null ? [] : [token, basic],
  };
}

/** Whether a ref matches a pattern in which `*` stands for anything. */
export function matchesRef(pattern: string, ref: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[$()+.?[\\\]^{|}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(ref);
}
