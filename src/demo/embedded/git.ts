import { spawn } from 'node:child_process';

export interface GitOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes beside 0 that are answers, not failures. */
  readonly accept?: readonly number[];
}

export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
}

/** The host's Git settings must not change what the embedded GitHub computes. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

/** Runs git in a bare repository and rejects when it fails. */
export function runGit(
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['--git-dir', directory, ...args], {
      env: { ...ENVIRONMENT, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error) => {
      reject(new Error(`git could not be started: ${error.message}. Install git 2.38 or newer.`));
    });
    // git may end before it has read everything; its exit code then tells what went wrong.
    child.stdin.on('error', () => undefined);
    child.on('close', (code) => {
      const status = code ?? -1;
      if (status === 0 || options.accept?.includes(status) === true) {
        resolve({ code: status, stdout: Buffer.concat(stdout) });
        return;
      }
      const reason = Buffer.concat(stderr).toString().trim();
      reject(new Error(`git ${args[0] ?? ''} failed with exit code ${status}: ${reason}`));
    });
    child.stdin.end(options.input ?? '');
  });
}

/** Answers that are kept; a page of a pull request asks for the same few again and again. */
const MAX_KEPT = 2_000;
const kept = new Map<string, Promise<GitResult>>();

/** As `runGit`, for a question about commits that are named by their ids: its answer never changes. */
export function askGit(
  directory: string,
  args: readonly string[],
  options: Pick<GitOptions, 'accept'> = {},
): Promise<GitResult> {
  const key = [directory, ...args].join('\0');
  const known = kept.get(key);
  if (known !== undefined) return known;
  const answer = runGit(directory, args, options);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, answer);
  answer.catch(() => kept.delete(key));
  return answer;
}

/** For when objects have been removed: commits that were there need not be any more. */
export function forgetAnswers(): void {
  kept.clear();
}

/** What git prints, without the line end. */
export async function gitText(
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> {
  const { stdout } = await runGit(directory, args, options);
  return stdout.toString('utf8').trimEnd();
}
