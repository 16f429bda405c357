// Compares the search for credentials with the real gitleaks on the same tree and the same commits, in the same run:
// one core and all cores, the built-in kinds and, where it is at hand, gitleaks' own rule file. Prints ratios.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { resolveRuleFile } from '../src/secrets/gitleaks/resolve.ts';
import { catalogueRules } from '../src/secrets/catalogue/rules.ts';
import type { RuleSetData } from '../src/secrets/rule-set.ts';
import { openRepository } from '../src/git/repository.ts';
import { SecretScanner, type ScanJob } from '../src/pipeline/secret-scan/scanner.ts';
import { healthyFile } from '../test/support/healthy-repository.ts';
import { officialRules, randomFrom } from '../test/support/secret-samples.ts';

const MEBIBYTE = 1024 * 1024;
const TREE_BYTES = Number(process.env['BENCH_MIB'] ?? 40) * MEBIBYTE;
const COMMITS = 50;
const ONE_CORE = 'taskset';

const folder = mkdtempSync(path.join(tmpdir(), 'bench-secrets-'));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

function git(...args: string[]): void {
  const identity = [
    '-c',
    'user.name=bench',
    '-c',
    'user.email=bench@example.com',
    '-c',
    'commit.gpgsign=false',
  ];
  const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: tree, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

const tree = path.join(folder, 'tree');
function makeTree(): number {
  const random = randomFrom(1);
  let bytes = 0;
  for (let index = 0; bytes < TREE_BYTES; index += 1) {
    const { name, text } = healthyFile(index, random, 8);
    const file = path.join(tree, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    bytes += text.length;
  }
  return bytes;
}

function makeCommits(): void {
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=base');
  const random = randomFrom(2);
  for (let index = 0; index < COMMITS; index += 1) {
    const { name, text } = healthyFile(index * 7, random, 8);
    writeFileSync(path.join(tree, name), text);
    git('commit', '--quiet', '--all', '--allow-empty', `--message=change ${index}`);
  }
}

function seconds(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

function gitleaks(oneCore: boolean, ...args: string[]): number {
  const options = [
    '--no-banner',
    '--log-level=error',
    '--exit-code=0',
    '--report-format=json',
    `--report-path=${folder}/report.json`,
  ];
  const command = ['gitleaks', ...args, ...options, tree];
  return seconds(() => {
    const all = oneCore ? [ONE_CORE, '-c', '0', ...command] : command;
    const { status } = spawnSync(all[0]!, all.slice(1), {
      stdio: 'ignore',
      env: { ...process.env, ...(oneCore ? { GOMAXPROCS: '1' } : {}) },
    });
    if (status !== 0) throw new Error('gitleaks failed');
  });
}

function treeJobs(): ScanJob[] {
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(`${path.sep}.git`))
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return { path: path.relative(tree, file), commit: null, content: readFileSync(file) };
    });
}

async function commitJobs(): Promise<ScanJob[]> {
  const repository = await openRepository(tree);
  const head = await repository.resolve('HEAD');
  const { commits } = await repository.commits(await repository.resolve(`HEAD~${COMMITS}`), head, COMMITS);
  const { versions } = await repository.changedVersions(
    commits.map((commit) => commit.sha),
    { limit: 100_000, keep: () => true, signal: undefined },
  );
  const limits = { maxBytesEach: 16 * MEBIBYTE, maxBytesTotal: 512 * MEBIBYTE };
  const blobs = await repository.readBlobs(
    versions.map((version) => version.oid),
    limits,
  );
  repository.close();
  return versions.flatMap(({ path: name, oid }) => {
    const content = blobs.get(oid);
    return content instanceof Uint8Array ? [{ path: name, commit: null, content }] : [];
  });
}

async function ours(
  rules: RuleSetData,
  workers: number,
  jobs: () => ScanJob[] | Promise<ScanJob[]>,
): Promise<number> {
  const scanner = new SecretScanner({ fingerprintKey: null, workers });
  const setup = { rules, known: { ignored: [], baseline: [] }, decodeDepth: 5 };
  const started = performance.now();
  scanner.warmUp();
  scanner.prepare(setup);
  const all = await jobs();
  const results = await scanner.scan(setup, all);
  const time = (performance.now() - started) / 1000;
  await scanner.close();
  const failed = results.filter((result) => typeof result === 'string').length;
  if (failed > 0) throw new Error(`${failed} files were not searched`);
  return time;
}

const bytes = makeTree();
makeCommits();
const sets = new Map([['built-in kinds', catalogueRules()]]);
const official = officialRules();
if (official !== null) {
  const { data } = await resolveRuleFile('gitleaks.toml', official, catalogueRules(), () =>
    Promise.resolve(null),
  );
  sets.set("gitleaks' rules", data);
}
console.log(
  `${(bytes / MEBIBYTE).toFixed(0)} MiB of YAML, ${availableParallelism()} cores, ${COMMITS} commits; seconds, and the ratio to gitleaks`,
);
for (const [what, jobs, args] of [
  ['tree', treeJobs, ['dir']],
  ['commits', commitJobs, ['git', `--log-opts=HEAD~${COMMITS}..HEAD`]],
] as const) {
  for (const oneCore of [true, false]) {
    const workers = oneCore ? 1 : availableParallelism();
    const theirs = gitleaks(oneCore, ...args);
    const rows = [];
    for (const [name, rules] of sets) {
      const time = await ours(rules, workers, jobs);
      rows.push(`${name} ${time.toFixed(2)} (x${(time / theirs).toFixed(2)})`);
    }
    console.log(
      `${what}, ${oneCore ? 'one core' : 'all cores'}: gitleaks ${theirs.toFixed(2)}, ${rows.join(', ')}`,
    );
  }
}
