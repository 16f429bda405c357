import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { GitError } from './git-error.ts';

export interface GitLocation {
  readonly gitDir: string;
  /** Holds the objects: the same folder, but for a linked work tree. */
  readonly commonDir: string;
}

/**
 * Finds the git folder of a work tree, of a folder in one, or of a bare repository. Git's own search would refuse a
 * repository that belongs to another user; this one only ever leads to reading objects.
 */
export async function locateRepository(directory: string): Promise<GitLocation> {
  let folder: string;
  try {
    folder = await realpath(directory);
  } catch {
    throw new GitError('not-found', `There is no folder ${directory}`);
  }
  for (let current = folder; ; current = path.dirname(current)) {
    const gitDir = (await asGitDir(path.join(current, '.git'))) ?? (await asGitDir(current));
    if (gitDir !== null) return { gitDir, commonDir: await commonDirOf(gitDir) };
    if (path.dirname(current) === current) break;
  }
  throw new GitError('not-found', `${directory} is not in a git repository; name one with --repo`);
}

async function asGitDir(candidate: string): Promise<string | null> {
  const found = await stat(candidate).catch(() => null);
  if (found === null) return null;
  if (found.isFile()) return linkedGitDir(candidate);
  const parts = await Promise.all(
    ['HEAD', 'refs', 'objects', 'commondir'].map((name) => exists(candidate, name)),
  );
  const [head, refs, objects, common] = parts;
  return head === true && (common === true || (refs === true && objects === true)) ? candidate : null;
}

/** A linked work tree and a submodule have a file `.git` that says where the folder is. */
async function linkedGitDir(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8');
  const target = /^gitdir: (.+?)\r?\n*$/.exec(text)?.[1];
  if (target === undefined) return null;
  const gitDir = path.resolve(path.dirname(file), target);
  if (!(await exists(gitDir, 'HEAD'))) {
    throw new GitError('not-found', `${file} points to ${gitDir}, which is not a git folder`);
  }
  return gitDir;
}

async function commonDirOf(gitDir: string): Promise<string> {
  const text = await readFile(path.join(gitDir, 'commondir'), 'utf8').catch(() => null);
  return text === null ? gitDir : path.resolve(gitDir, text.trim());
}

async function exists(folder: string, name: string): Promise<boolean> {
  return (await stat(path.join(folder, name)).catch(() => null)) !== null;
}
