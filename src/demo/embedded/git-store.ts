import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCommit } from './git-commits.ts';
import { askGit, forgetAnswers, gitText, runGit } from './git.ts';
import type { CommitSigner } from './signing.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
}

/** A symbolic link (`120000`), a program (`100755`) or a submodule (`160000`, content: the commit id). */
export interface SpecialFile {
  readonly mode: '100644' | '100755' | '120000' | '160000';
  readonly content: string | Uint8Array;
}

/** New contents by path; null deletes the file. */
export type Files = Readonly<Record<string, string | Uint8Array | SpecialFile | null>>;

export interface NewCommit {
  /** The first parent gives the files that `files` does not name. */
  readonly parents: readonly string[];
  readonly files: Files;
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly signer: CommitSigner | null;
}

/** What GitHub sets on its side: any commit that it has may be fetched by its id. Nobody pushes over HTTP here. */
const CONFIGURATION = [
  ['uploadpack.allowAnySHA1InWant', 'true'],
  ['http.uploadpack', 'true'],
  ['http.receivepack', 'false'],
  ['gc.auto', '0'],
  ['core.logAllRefUpdates', 'false'],
  ['transfer.hideRefs', 'refs/embedded'],
] as const;

export async function createBareRepository(directory: string, defaultBranch: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await runGit(directory, ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, directory]);
  for (const [key, value] of CONFIGURATION) await runGit(directory, ['config', key, value]);
}

/** The commit that a ref points at, or null. `ref` is a full name such as `refs/heads/main`. */
export async function resolveRef(directory: string, ref: string): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`];
  // Only that a commit is there stays true: one that is not may come.
  if (isCommitId(ref)) {
    const found = await askGit(directory, args).catch(() => null);
    return found?.stdout.toString().trim() ?? null;
  }
  const loose = await readLoose(directory, ref);
  if (loose !== null) return loose;
  const { code, stdout } = await runGit(directory, args, { accept: [1, 128] });
  return code === 0 ? stdout.toString().trim() : null;
}

/** The commit of a branch that has a file of its own, which spares a process; null when git has to be asked. */
async function readLoose(directory: string, ref: string): Promise<string | null> {
  if (!/^refs\/(?:heads|pull)\/[\w./-]+$/.test(ref) || ref.includes('..')) return null;
  const text = await readFile(join(directory, ref), 'utf8').catch(() => '');
  return isCommitId(text.trim()) ? text.trim() : null;
}

function isCommitId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** A branch name, a tag, a full ref or a commit id, as GitHub's API takes them; null when there is none. */
export async function resolveRevision(directory: string, revision: string): Promise<string | null> {
  if (isCommitId(revision)) return resolveRef(directory, revision);
  for (const prefix of ['refs/heads/', 'refs/tags/', 'refs/']) {
    const sha = await resolveRef(directory, prefix + revision);
    if (sha !== null) return sha;
  }
  return /^[0-9a-f]{7,39}$/.test(revision) ? resolveRef(directory, revision) : null;
}

export async function updateRef(directory: string, ref: string, sha: string | null): Promise<void> {
  await runGit(directory, sha === null ? ['update-ref', '-d', ref] : ['update-ref', ref, sha]);
}

export interface Ref {
  readonly name: string;
  readonly sha: string;
}

/** Refs below a prefix such as `refs/heads/`, sorted by name. */
export async function listRefs(directory: string, prefix: string): Promise<Ref[]> {
  const output = await gitText(directory, ['for-each-ref', '--format=%(objectname) %(refname)']);
  return output
    .split('\n')
    .filter((line) => line.slice(41).startsWith(prefix))
    .map((line) => ({ sha: line.slice(0, 40), name: line.slice(41) }));
}

export async function mergeBase(directory: string, a: string, b: string): Promise<string | null> {
  const ask = isCommitId(a) && isCommitId(b) ? askGit : runGit;
  const { code, stdout } = await ask(directory, ['merge-base', a, b], { accept: [1] });
  return code === 0 ? stdout.toString().trim() : null;
}

export async function isAncestor(directory: string, ancestor: string, descendant: string): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', ancestor, descendant];
  const { code } = await runGit(directory, args, { accept: [1] });
  return code === 0;
}

/** Copies a commit and its history from another repository on this disk. */
export async function copyCommit(directory: string, from: string, sha: string, ref: string): Promise<void> {
  await runGit(
    directory,
    ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', from, `+${sha}:${ref}`],
    {
      env: { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' },
    },
  );
}

/** A file of a commit, or null when it is not there. */
export async function readFileAt(directory: string, sha: string, path: string): Promise<Buffer | null> {
  const { code, stdout } = await runGit(directory, ['cat-file', 'blob', `${sha}:${path}`], { accept: [128] });
  return code === 0 ? stdout : null;
}

/** Throws away what no ref reaches, as GitHub does some time after a force push. */
export async function collectGarbage(directory: string): Promise<void> {
  await runGit(directory, ['gc', '--quiet', '--prune=now']);
  forgetAnswers();
}

function quotePath(path: string): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

/** Git itself leaves out what would end a name or an address early. */
function identityLine({ name, email }: Person, at: number): string {
  const [safeName = '', safeEmail = ''] = [name, email].map((text) => text.replaceAll(/[<>\n\0]/g, ''));
  return `${safeName} <${safeEmail}> ${Math.floor(at / 1000)} +0000`;
}

function dataBlock(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
}

function isSpecial(content: string | Uint8Array | SpecialFile): content is SpecialFile {
  return typeof content === 'object' && !(content instanceof Uint8Array);
}

function fileCommand(path: string, content: string | Uint8Array | SpecialFile | null): Buffer {
  if (content === null) return Buffer.from(`D ${quotePath(path)}\n`);
  const { mode, content: bytes }: SpecialFile = isSpecial(content) ? content : { mode: '100644', content };
  if (mode === '160000') return Buffer.from(`M 160000 ${Buffer.from(bytes).toString()} ${quotePath(path)}\n`);
  return Buffer.concat([Buffer.from(`M ${mode} inline ${quotePath(path)}\n`), dataBlock(bytes)]);
}

/** Makes a commit without a work tree and without touching a branch. */
export async function createCommit(directory: string, commit: NewCommit): Promise<string> {
  const [first, ...others] = commit.parents;
  const scratch = `refs/embedded/${randomUUID()}`;
  const stream = Buffer.concat([
    Buffer.from(`commit ${scratch}\n`),
    Buffer.from(`author ${identityLine(commit.author, commit.at)}\n`),
    Buffer.from(`committer ${identityLine(commit.committer, commit.at)}\n`),
    dataBlock(commit.message),
    Buffer.from(first === undefined ? '' : `from ${first}\n`),
    Buffer.from(others.map((parent) => `merge ${parent}\n`).join('')),
    ...Object.entries(commit.files).map(([path, content]) => fileCommand(path, content)),
  ]);
  await runGit(directory, ['fast-import', '--quiet', '--force'], { input: stream });
  const sha = await gitText(directory, ['rev-parse', scratch]);
  await updateRef(directory, scratch, null);
  return commit.signer === null ? sha : signCommit(directory, sha, commit.signer);
}

/** A commit of a tree that exists already, as a merge makes it. */
export async function commitTree(
  directory: string,
  tree: string,
  commit: Omit<NewCommit, 'files'>,
): Promise<string> {
  const raw = [
    `tree ${tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${identityLine(commit.author, commit.at)}`,
    `committer ${identityLine(commit.committer, commit.at)}`,
    '',
    commit.message,
  ].join('\n');
  const sha = await writeCommit(directory, raw);
  return commit.signer === null ? sha : signCommit(directory, sha, commit.signer);
}

function writeCommit(directory: string, raw: string): Promise<string> {
  return gitText(directory, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input: raw });
}

async function signCommit(directory: string, sha: string, signer: CommitSigner): Promise<string> {
  const { payload } = await readCommit(directory, sha);
  const signature = signer.sign(Buffer.from(payload)).trimEnd().replaceAll('\n', '\n ');
  const end = payload.indexOf('\n\n') + 1;
  return writeCommit(directory, `${payload.slice(0, end)}gpgsig ${signature}\n${payload.slice(end)}`);
}
