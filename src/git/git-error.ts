/**
 * - `not-found`: a revision, ref, object or repository that does not exist, or that may not be read
 * - `shallow`: history that this clone does not have
 * - `no-merge-base`: two revisions without common history
 * - `auth`: the remote refuses the credentials
 * - `network`: the remote cannot be reached or stopped answering
 * - `timeout`, `limit`: a bound of time, or of size or number, was hit
 * - `corrupt`: an object or a repository that is damaged
 * - `failed`: anything else
 */
export type GitErrorKind =
  'not-found' | 'shallow' | 'no-merge-base' | 'auth' | 'network' | 'timeout' | 'limit' | 'corrupt' | 'failed';

/** The message is for people and holds no secret. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly kind: GitErrorKind;

  constructor(kind: GitErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const MAX_STDERR_CHARACTERS = 1_000;

/** Removes secrets, the user part of URLs, and control characters from what git said. */
export function scrub(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret !== '') clean = clean.replaceAll(secret, '***');
  }
  clean = clean
    .replaceAll(/\/\/[^/\s]*@/g, '//***@')
    .replaceAll(/[^\P{Cc}\n]/gu, ' ')
    .replaceAll(/\s*\n\s*/g, '; ')
    .trim()
    .replace(/;$/, '');
  return clean.length > MAX_STDERR_CHARACTERS ? `${clean.slice(0, MAX_STDERR_CHARACTERS)}…` : clean;
}

// In this order: a refused request is also "unable to access", which alone means the network.
const SIGNS: readonly (readonly [GitErrorKind, RegExp])[] = [
  [
    'auth',
    /authentication failed|could not read (?:username|password)|returned error: 40[13]\b|invalid (?:username|credentials)|terminal prompts disabled/i,
  ],
  [
    'not-found',
    /couldn't find remote ref|not our ref|repository '[^']*' not found|repository not found|returned error: (?:404|410|30\d)\b|unknown revision|bad revision|not a valid (?:object|commit) name|unable to parse object|needed a single revision|not a tree object|bad object|invalid object name|unable to resolve revision/i,
  ],
  [
    'corrupt',
    /is corrupt|is empty|corrupted|data stream error|unable to (?:unpack|read tree|parse)|hash mismatch|did not send all necessary objects|bad config|not a git repository|packfile .* (?:cannot|is far too|does not)|index file .* (?:is too small|corrupt)|missing (?:blob|tree|commit)|could not (?:read|get object info)|unable to resolve reference|invalid sha1 pointer|cannot lock ref|\.lock': File exists/i,
  ],
  [
    'network',
    /could not resolve|failed to connect|couldn't connect|connection (?:refused|reset|timed out|closed)|early eof|hung up unexpectedly|rpc failed|unexpected disconnect|operation too slow|unable to access|\bssl\b|\btls\b|empty reply|returned error: (?:429|5\d\d)/i,
  ],
];

/** What kind of failure git's messages speak of. */
export function kindOfFailure(stderr: string): GitErrorKind {
  const own = stderr.replaceAll(/^remote:.*$/gm, '');
  return SIGNS.find(([, sign]) => sign.test(own))?.[0] ?? 'failed';
}
