/**
 * Measures a scan of generated manifests of some thirty kinds, laid out as teams lay them out: the whole command, each time
 * in a process of its own, and then its stages. As for the installed program, compiled code is kept from one start to the
 * next; the very first one finds none. Per manifest
 * stands the time that the processors were busy. Prints figures and judges none; machines differ. `--large` adds 50,000 manifests.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEEP_SEARCH, type Stages, type Time } from './stages.ts';
import { writeTree, type Tree } from './tree.ts';

const SIZES = [500, 5_000, ...(process.argv.includes('--large') ? [50_000] : [])];
const NAMED_RULES = 10;
const ONCE = path.join(import.meta.dirname, 'once.ts');
const COMMAND = path.join(import.meta.dirname, 'command.ts');

interface Line {
  readonly what: string;
  readonly time: Time;
  readonly mebibytes?: number;
}

const directory = mkdtempSync(path.join(tmpdir(), 'gitops-warden-bench-'));
try {
  const policy = path.join(directory, 'policy.yaml');
  writeFileSync(policy, `rules:\n${[...DEEP_SEARCH].map((id) => `  ${id}: off\n`).join('')}`);
  for (const size of SIZES) {
    const folder = path.join(directory, String(size));
    // The root of a repository: nothing above it is looked at.
    mkdirSync(path.join(folder, '.git'), { recursive: true });
    print(writeTree(folder, size), [
      command('whole command, at its very first start', folder, []),
      command('whole command, from the start of the process', folder, []),
      command('the same without the search for credentials', folder, ['--policy', policy]),
      ...stagesOf(folder),
    ]);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function command(what: string, folder: string, more: readonly string[]): Line {
  const args = ['scan', '.', '--output', '/dev/null', ...more];
  const { whole, peakMebibytes } = child(COMMAND, folder, args, path.join(folder, '.git', 'code'));
  return { what, time: whole, mebibytes: peakMebibytes };
}

function stagesOf(folder: string): Line[] {
  const parsed = child(ONCE, folder, [folder, 'parse']);
  const judged = child(ONCE, folder, [folder, 'rules']);
  const of = ({ times }: Stages, name: string): Time => times[name] ?? { wall: 0, cpu: 0 };
  const rules = Object.entries(judged.rules).sort(([, a], [, b]) => b - a);
  return [
    { what: 'load the rules', time: of(judged, 'rules') },
    { what: 'collect', time: of(judged, 'collect') },
    { what: 'parse', time: of(parsed, 'parse'), mebibytes: parsed.peakMebibytes },
    {
      what: `judge, parsing included: ${String(rules.length)} rules, ${String(judged.findings)} findings`,
      time: of(judged, 'judge'),
      mebibytes: judged.peakMebibytes,
    },
    ...rules.slice(0, NAMED_RULES).map(([id, wall]) => ({ what: `  ${id}`, time: { wall, cpu: NaN } })),
    { what: 'report', time: of(judged, 'report') },
  ];
}

/** @param codeCache where compiled code is kept; null: nowhere */
function child(
  script: string,
  cwd: string,
  args: readonly string[],
  codeCache: string | null = null,
): Stages {
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', script, ...args], {
    cwd,
    env: codeCache === null ? process.env : { ...process.env, NODE_COMPILE_CACHE: codeCache },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  try {
    return JSON.parse(stdout) as Stages;
  } catch {
    throw new Error(`The child process gave no figures: ${stderr.slice(0, 2_000)}`);
  }
}

function print({ manifests, files, bytes }: Tree, lines: readonly Line[]): void {
  const size = (bytes / 1024 / 1024).toFixed(1);
  console.log(`\n${String(manifests)} manifests in ${String(files)} files, ${size} MiB`);
  console.log(row('stage', 'ms', 'cpu ms', 'µs/manifest', 'peak MiB'));
  for (const { what, time, mebibytes } of lines) {
    const each = Number.isNaN(time.cpu) ? time.wall : time.cpu;
    const cells = [time.wall, time.cpu, (each * 1000) / manifests, mebibytes ?? NaN].map((cell) =>
      Number.isNaN(cell) ? '' : cell.toFixed(0),
    );
    console.log(row(what, ...cells));
  }
}

function row(what: string, ...cells: readonly string[]): string {
  return what.padEnd(54) + cells.map((cell) => cell.padStart(13)).join('');
}
