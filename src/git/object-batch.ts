import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { GitError } from './git-error.ts';
import {
  abortReason,
  collectStderr,
  commandFailure,
  spawnFailure,
  spawnGit,
  type GitContext,
} from './git-process.ts';

/** What git says of one object. `type` is null when there is no such object. */
export interface ObjectReply {
  readonly oid: string;
  readonly type: string | null;
  readonly size: number;
  /** Null when only the size was asked for. */
  readonly body: Buffer | null;
}

/** A `git cat-file` that stays and answers one question after the other. */
export interface ObjectBatch {
  /** Answers come in the order of `oids`. One call at a time. */
  ask(oids: readonly string[], onReply: (reply: ObjectReply) => void, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** Questions that are open at a time: enough to keep git busy, few enough for the pipes. */
const WINDOW = 512;
const SILENCE_MS = 60_000;
const LINE_FEED = 0x0a;

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  onChunk: ((chunk: Buffer) => void) | null;
  onEnd: ((error: Error) => void) | null;
}

export function createObjectBatch(mode: '--batch' | '--batch-check', context: GitContext): ObjectBatch {
  let running: Running | null = null;

  const start = (): Running => {
    const child = spawnGit(['cat-file', mode], context);
    const stderr = collectStderr(child);
    const state: Running = { child, onChunk: null, onEnd: null };
    const end = (error: Error): void => {
      if (running === state) running = null;
      state.onEnd?.(error);
    };
    child.stdout.on('data', (chunk: Buffer) => state.onChunk?.(chunk));
    child.stdin.on('error', () => undefined);
    child.once('error', (error) => {
      end(spawnFailure(error));
    });
    child.once('close', (code, killedBy) => {
      const failure = commandFailure('cat-file', context, stderr(), code ?? killedBy);
      // It only ends by itself when it cannot go on.
      end(failure.kind === 'failed' ? new GitError('corrupt', failure.message) : failure);
    });
    running = state;
    return state;
  };

  const askWindow = (
    state: Running,
    oids: readonly string[],
    onReply: (reply: ObjectReply) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      let answered = 0;
      let settled = false;
      let timer: NodeJS.Timeout;
      const settle = (error: Error | null): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        state.onChunk = null;
        state.onEnd = null;
        if (error === null) {
          resolve();
          return;
        }
        // Half an answer may still be under way: this child cannot be asked again.
        state.child.kill('SIGKILL');
        if (running === state) running = null;
        reject(error);
      };
      const onAbort = (): void => {
        if (signal !== undefined) settle(abortReason(signal));
      };
      const watch = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          settle(new GitError('timeout', `git cat-file gave no answer for ${SILENCE_MS / 1000} s`));
        }, SILENCE_MS);
      };
      const parse = createReplyParser(mode === '--batch', (reply) => {
        if (settled) return;
        onReply(reply);
        answered += 1;
      });
      state.onChunk = (chunk) => {
        watch();
        try {
          parse(chunk);
          if (answered === oids.length) settle(null);
        } catch (error) {
          settle(error as Error);
        }
      };
      state.onEnd = settle;
      signal?.addEventListener('abort', onAbort, { once: true });
      watch();
      state.child.stdin.write(oids.map((oid) => `${oid}\n`).join(''));
    });

  return {
    async ask(oids, onReply, signal) {
      for (let at = 0; at < oids.length; at += WINDOW) {
        signal?.throwIfAborted();
        const state = running ?? start();
        setReferenced(state.child, true);
        try {
          await askWindow(state, oids.slice(at, at + WINDOW), onReply, signal);
        } finally {
          setReferenced(state.child, false);
        }
      }
    },
    close() {
      running?.child.stdin.end();
      running?.child.kill();
      running = null;
    },
  };
}

/** An idle child must not keep the process alive. */
function setReferenced(child: ChildProcessWithoutNullStreams, referenced: boolean): void {
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) {
    const socket = handle as { ref?: () => void; unref?: () => void };
    if (referenced) socket.ref?.();
    else socket.unref?.();
  }
}

/** Reads `<oid> <type> <size>` lines, each followed by the object and a line feed when `withBody`. */
function createReplyParser(
  withBody: boolean,
  onReply: (reply: ObjectReply) => void,
): (chunk: Buffer) => void {
  let line = '';
  let open: { readonly oid: string; readonly type: string; readonly body: Buffer; filled: number } | null =
    null;

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (open !== null) {
        // The line feed behind the object is taken into the buffer too, and cut off at the end.
        const taken = chunk.copy(open.body, open.filled, at);
        open.filled += taken;
        at += taken;
        if (open.filled === open.body.length) {
          const { oid, type, body } = open;
          open = null;
          onReply({ oid, type, size: body.length - 1, body: body.subarray(0, -1) });
        }
        continue;
      }
      const end = chunk.indexOf(LINE_FEED, at);
      line += chunk.toString('latin1', at, end < 0 ? chunk.length : end);
      if (end < 0) return;
      at = end + 1;
      const [oid = '', type = '', digits = ''] = line.split(' ');
      line = '';
      const size = Number(digits);
      if (type === 'missing') onReply({ oid, type: null, size: 0, body: null });
      else if (!/^\d+$/.test(digits))
        throw new GitError('corrupt', 'git cat-file gave an answer that could not be read');
      else if (withBody) open = { oid, type, body: Buffer.allocUnsafeSlow(size + 1), filled: 0 };
      else onReply({ oid, type, size, body: null });
    }
  };
}
