import { askGit, runGit } from './git.ts';

export interface Identity {
  readonly name: string;
  readonly email: string;
  /** ISO 8601, in UTC. */
  readonly date: string;
}

export interface StoredCommit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Identity;
  readonly committer: Identity;
  readonly message: string;
  /** Armored; null when the commit is not signed. */
  readonly signature: string | null;
  /** What was signed: the commit object without its signature header. */
  readonly payload: string;
}

function parseIdentity(line: string): Identity {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<(.*)> (\d+) [+-]\d{4}$/.exec(line) ?? [];
  return { name, email, date: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z') };
}

/** Splits a raw commit object into its parts. */
export function parseCommit(sha: string, raw: Buffer): StoredCommit {
  const text = raw.toString('utf8');
  const blank = text.indexOf('\n\n');
  const head = blank < 0 ? text : text.slice(0, blank + 1);
  const headers: [string, string][] = [];
  for (const line of head.split('\n')) {
    const last = headers.at(-1);
    if (line.startsWith(' ') && last !== undefined) last[1] += '\n' + line.slice(1);
    else headers.push([line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
  }
  const value = (name: string): string => headers.find(([key]) => key === name)?.[1] ?? '';
  const signature = headers.find(([key]) => key === 'gpgsig')?.[1] ?? null;
  return {
    sha,
    tree: value('tree'),
    parents: headers.filter(([key]) => key === 'parent').map(([, parent]) => parent),
    author: parseIdentity(value('author')),
    committer: parseIdentity(value('committer')),
    message: blank < 0 ? '' : text.slice(blank + 2),
    signature,
    payload: text.replace(/^gpgsig .*\n(?: .*\n)*/m, (header, offset: number) =>
      offset < head.length ? '' : header,
    ),
  };
}

/** Reads commits in the given order. Every id must exist. */
export async function readCommits(directory: string, shas: readonly string[]): Promise<StoredCommit[]> {
  if (shas.length === 0) return [];
  const { stdout } = await runGit(directory, ['cat-file', '--batch'], { input: shas.join('\n') + '\n' });
  const commits: StoredCommit[] = [];
  let offset = 0;
  while (offset < stdout.length) {
    const lineEnd = stdout.indexOf(0x0a, offset);
    const [sha = '', type, size = '0'] = stdout.toString('utf8', offset, lineEnd).split(' ');
    if (type !== 'commit') throw new Error(`${sha} is no commit in ${directory}.`);
    const start = lineEnd + 1;
    commits.push(parseCommit(sha, stdout.subarray(start, start + Number(size))));
    offset = start + Number(size) + 1;
  }
  return commits;
}

export async function readCommit(directory: string, sha: string): Promise<StoredCommit> {
  const [commit] = await readCommits(directory, [sha]);
  if (commit === undefined) throw new Error(`No commit ${sha} in ${directory}.`);
  return commit;
}

/** Commits of `to` that `from` does not hold, oldest first. Null: all of them. */
export async function listCommits(directory: string, from: string | null, to: string): Promise<string[]> {
  const range = from === null ? [to] : [to, `^${from}`];
  const { stdout } = await askGit(directory, ['rev-list', '--topo-order', '--reverse', ...range]);
  return stdout.toString('utf8').split('\n').filter(Boolean);
}
