import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileRuleSet, type RuleSetData } from '../../src/secrets/rule-set.ts';
import { DEFAULT_DECODE_DEPTH, scanText } from '../../src/secrets/text-scan.ts';
import { run } from './programs.ts';

export interface Reported {
  readonly RuleID: string;
  readonly File: string;
  readonly StartLine: number;
  readonly Secret: string;
  readonly Commit: string;
}

/** What the real gitleaks reports; its exit code is checked. */
export function runGitleaks(command: 'dir' | 'git', directory: string, ...more: string[]): Reported[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'gitleaks-report-'));
  const report = path.join(folder, 'report.json');
  const fixed = ['--no-banner', '--exit-code', '0', '--report-format', 'json', '--report-path', report];
  const { status, output } = run('gitleaks', [command, ...fixed, ...more, directory]);
  if (status !== 0) throw new Error(`gitleaks ended with ${status ?? 'nothing'}: ${output}`);
  const found = JSON.parse(readFileSync(report, 'utf8')) as Reported[] | null;
  rmSync(folder, { recursive: true });
  return found ?? [];
}

/** `path:line rule secret`, sorted, each once. */
export function gitleaksFinds(directory: string, ...more: string[]): string[] {
  const lines = runGitleaks('dir', directory, ...more).map(
    (one) => `${path.relative(directory, one.File)}:${one.StartLine} ${one.RuleID} ${one.Secret}`,
  );
  return [...new Set(lines)].sort();
}

/** The same from our search, with the comments of lines heeded, as gitleaks does. */
export function weFind(files: ReadonlyMap<string, string>, data: RuleSetData): string[] {
  const set = compileRuleSet(data);
  const lines = [...files].flatMap(([name, text]) =>
    scanText(set, { path: name, commit: null, text }, { decodeDepth: DEFAULT_DECODE_DEPTH })
      .filter((leak) => !leak.commented)
      .map((leak) => `${name}:${leak.startLine} ${leak.ruleId} ${leak.secret}`),
  );
  return [...new Set(lines)].sort();
}

export function writeFiles(directory: string, files: ReadonlyMap<string, string>): string {
  for (const [file, text] of files) {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    writeFileSync(path.join(directory, file), text);
  }
  return directory;
}
