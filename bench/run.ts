/**
 * Measures what a review costs: time and peak memory for a change of 20 files in repositories of growing size, and the
 * number of GitHub requests. Prints figures and judges none; machines differ.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { countPushes } from './pushes.ts';
import { countRequests } from './requests.ts';
import { makeRepository } from './repository.ts';

const SIZES = [100, 2_000, 10_000];
const ROUNDS = 7;

interface Measured {
  readonly milliseconds: number[];
  readonly peakMebibytes: number;
}

const directory = mkdtempSync(path.join(tmpdir(), 'gitops-warden-bench-'));
try {
  console.log(
    'Reviewing a change of 20 files (our own part: objects, rules, comparison; the clone is there already)',
  );
  console.log('manifests  first   median  peak memory');
  for (const size of SIZES) {
    const repository = path.join(directory, String(size));
    makeRepository(repository, size);
    const script = path.join(import.meta.dirname, 'review-once.ts');
    const output = execFileSync(process.execPath, [script, repository, String(ROUNDS)], { encoding: 'utf8' });
    const { milliseconds, peakMebibytes } = JSON.parse(output) as Measured;
    const sorted = [...milliseconds].sort((a, b) => a - b);
    const columns = [
      String(size).padStart(9),
      `${(milliseconds[0] ?? 0).toFixed(0)} ms`.padStart(7),
      `${(sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(0)} ms`.padStart(7),
      `${peakMebibytes.toFixed(0)} MiB`.padStart(11),
    ];
    console.log(columns.join('  '));
  }
  console.log('\nRequests to GitHub for one review, token requests included');
  for (const { what, requests } of await countRequests()) {
    console.log(`${String(requests.length).padStart(3)}  ${what}`);
    for (const request of requests) console.log(`       ${request}`);
  }
  console.log('\nRequests by the number of findings, push by push, without those for tokens and commits');
  console.log('findings  requests  writes');
  for (const { findings, push, requests, writes } of await countPushes()) {
    const columns = [String(findings).padStart(8), String(requests).padStart(8), String(writes).padStart(6)];
    console.log(`${columns.join('  ')}  ${push}`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
