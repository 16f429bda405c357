import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SOURCE = path.resolve(import.meta.dirname, '../peers/cluster');

/** What `test/peers/cluster` answers to one question. */
export interface PeerAnswer {
  readonly json?: unknown;
  readonly faults: readonly string[] | null;
  readonly error?: string;
}

/** Kubernetes' own code, built from the Go module cache; null where Go or its modules are missing. */
export interface ClusterPeer {
  ask(questions: readonly object[]): readonly PeerAnswer[];
  remove(): void;
}

export function buildClusterPeer(): ClusterPeer | null {
  const directory = mkdtempSync(path.join(tmpdir(), 'cluster-peer-'));
  const program = path.join(directory, 'cluster');
  const { status } = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: SOURCE,
    env: { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
    stdio: 'ignore',
    timeout: 300_000,
  });
  const remove = (): void => {
    rmSync(directory, { recursive: true });
  };
  if (status !== 0) {
    remove();
    return null;
  }
  return {
    remove,
    ask(questions) {
      const input = questions.map((question) => JSON.stringify(question)).join('\n');
      const { stdout } = spawnSync(program, {
        input,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        timeout: 120_000,
      });
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as PeerAnswer);
    },
  };
}
