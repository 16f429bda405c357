import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { GitError, kindOfFailure, scrub } from './git-error.ts';

/** Where and under which circumstances git runs. */
export interface GitContext {
  readonly cwd: string;
  /** Null outside of any repository. */
  readonly gitDir: string | null;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Added to the configuration, through the environment. */
  readonly config?: readonly (readonly [key: string, value: string])[];
  /** Never to appear in an error message. */
  readonly secrets?: readonly string[];
  /** Git starts programs of its own (transports), which have to end with it. */
  readonly group?: boolean;
}

export interface GitOptions {
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  readonly maxOutputBytes?: number;
  /** Exit codes that are an answer, not a failure. Default: only 0. */
  readonly exitCodes?: readonly number[];
  /** Takes the output as it comes, instead of it being collected. Return false to end git: enough was seen. */
  readonly onOutput?: (chunk: Buffer) => boolean;
}

export interface GitOutput {
  /** Empty with `onOutput`. */
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exitCode: number;
}

const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const MAX_STDERR_BYTES = 16 * 1024;
const KILL_AFTER_MS = 3_000;

// Outranks the configuration of the repository, which may come from anyone.
const CONFIG: readonly (readonly [string, string])[] = [
  ['safe.directory', '*'],
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', '/dev/null'],
  ['core.quotePath', 'false'],
  // A wrong commit graph would hide commits.
  ['core.commitGraph', 'false'],
  // Attributes of the repository must not decide what is shown. Git knows the empty tree without storing it.
  ['core.attributesFile', '/dev/null'],
  ['attr.tree', '4b825dc642cb6eb9a060e54bf8d69288fbee4904'],
  // Larger files are not diffed in memory.
  ['core.bigFileThreshold', '16m'],
  // GIT_GRAFT_FILE earns a warning, wherever it points.
  ['advice.graftFileDeprecated', 'false'],
  ['credential.helper', ''],
  ['diff.suppressBlankEmpty', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['gc.autoDetach', 'false'],
  ['maintenance.autoDetach', 'false'],
];

/** The whole environment of a git process: nothing of ours but PATH reaches it. */
export function gitEnvironment(context: GitContext): Record<string, string> {
  const config = [...CONFIG, ...(context.config ?? [])];
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_PROTOCOL_FROM_USER: '0',
    // No transport at all, unless the caller names one.
    GIT_ALLOW_PROTOCOL: 'none',
    ...(context.gitDir === null ? {} : { GIT_DIR: context.gitDir }),
    GIT_CONFIG_COUNT: String(config.length),
    ...Object.fromEntries(
      config.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    ...context.env,
  };
}

export function spawnGit(args: readonly string[], context: GitContext): ChildProcessWithoutNullStreams {
  return spawn('git', args, {
    cwd: context.cwd,
    env: gitEnvironment(context),
    stdio: 'pipe',
    shell: false,
    detached: context.group === true,
    windowsHide: true,
  });
}

/** Collects what git says on standard error, up to a bound. */
export function collectStderr(child: ChildProcessWithoutNullStreams): () => string {
  let text = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk: string) => {
    if (text.length < MAX_STDERR_BYTES) text += chunk.slice(0, MAX_STDERR_BYTES - text.length);
  });
  return () => text;
}

export function spawnFailure(error: NodeJS.ErrnoException): GitError {
  if (error.code === 'ENOENT') {
    return new GitError(
      'failed',
      'The program git could not be started: install git 2.34 or newer on the PATH',
    );
  }
  return new GitError('failed', `The program git could not be started: ${error.code ?? error.message}`);
}

/** @param command the subcommand, as people know it */
export function commandFailure(
  command: string,
  context: GitContext,
  stderr: string,
  exit: number | NodeJS.Signals | null,
): GitError {
  if (/could not fetch [0-9a-f]+ from promisor remote/.test(stderr)) {
    return new GitError(
      'not-found',
      'This clone is partial and lacks contents that are needed: clone the repository in full, without `--filter`',
    );
  }
  const said = scrub(stderr, context.secrets);
  return new GitError(
    kindOfFailure(stderr),
    `git ${command} failed: ${said === '' ? `it ended with ${exit ?? 'an unknown status'}` : said}`,
  );
}

/**
 * Runs git to its end.
 *
 * @throws {GitError} when git cannot be started, fails, takes too long or says too much
 * @throws the reason of `signal` when it aborts
 */
export function runGit(
  args: readonly string[],
  context: GitContext,
  options: GitOptions = {},
): Promise<GitOutput> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS, maxOutputBytes = DEFAULT_MAX_OUTPUT_BYTES } = options;
  const command = args[0] ?? '';
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(abortReason(signal));
      return;
    }
    const child = spawnGit(args, context);
    const stderr = collectStderr(child);
    const chunks: Buffer[] = [];
    let received = 0;
    let failure: Error | null = null;
    let enough = false;
    let killTimer: NodeJS.Timeout | undefined;

    const stop = (): void => {
      terminate(child, context, 'SIGTERM');
      // A program that git started may hold the pipes open, and go on writing.
      child.stdout.destroy();
      child.stderr.destroy();
      killTimer ??= setTimeout(() => {
        terminate(child, context, 'SIGKILL');
      }, KILL_AFTER_MS);
    };
    const fail = (error: Error): void => {
      failure ??= error;
      stop();
    };
    const onAbort = (): void => {
      if (signal !== undefined) fail(abortReason(signal));
    };
    const timer = setTimeout(() => {
      fail(new GitError('timeout', `git ${command} took longer than ${Math.ceil(timeoutMs / 1000)} s`));
    }, timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      signal?.removeEventListener('abort', onAbort);
    };

    const hand = (chunk: Buffer, onOutput: (chunk: Buffer) => boolean): void => {
      try {
        enough = !onOutput(chunk);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      if (enough) stop();
    };

    child.stdout.on('data', (chunk: Buffer) => {
      if (failure !== null || enough) return;
      received += chunk.length;
      if (received > maxOutputBytes) {
        fail(new GitError('limit', `git ${command} answered with more than ${maxOutputBytes} bytes`));
      } else if (options.onOutput === undefined) {
        chunks.push(chunk);
      } else {
        hand(chunk, options.onOutput);
      }
    });
    // A pipe breaks when git ends early; its exit code says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.once('error', (error) => {
      settle();
      reject(failure ?? spawnFailure(error));
    });
    child.once('close', (code, killedBy) => {
      settle();
      if (failure !== null) reject(failure);
      else if (enough) resolve({ stdout: Buffer.concat(chunks), stderr: stderr(), exitCode: 0 });
      else if (code !== null && (options.exitCodes ?? [0]).includes(code)) {
        resolve({ stdout: Buffer.concat(chunks), stderr: stderr(), exitCode: code });
      } else reject(commandFailure(command, context, stderr(), code ?? killedBy));
    });
  });
}

export function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('Aborted');
}

function terminate(child: ChildProcessWithoutNullStreams, context: GitContext, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (context.group !== true) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended in the meantime.
  }
}
