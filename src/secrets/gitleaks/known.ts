import type { RawLeak } from '../text-scan.ts';
import type { RuleFileProblem } from './problem.ts';

/** Findings that were looked at before: `.gitleaksignore` and the report of an earlier run, a baseline. */
export interface KnownLeaks {
  /** Lines of `.gitleaksignore`: `file:rule:line`, or with a commit before. */
  readonly ignored: readonly string[];
  readonly baseline: readonly BaselineEntry[];
}

export interface BaselineEntry {
  readonly ruleId: string;
  readonly file: string;
  readonly commit: string;
  readonly startLine: number;
  readonly endLine: number;
  /** Null when the report was redacted. */
  readonly secret: string | null;
}

export const NOTHING_KNOWN: KnownLeaks = { ignored: [], baseline: [] };

const MAX_ENTRIES = 100_000;

export function readIgnoreFile(
  path: string,
  text: string,
): { ignored: string[]; problems: RuleFileProblem[] } {
  const problems: RuleFileProblem[] = [];
  const ignored: string[] = [];
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const parts = line.split(':');
    if ((parts.length !== 3 && parts.length !== 4) || !/^\d+$/.test(parts.at(-1) ?? '')) {
      problems.push({
        path,
        line: index + 1,
        message: 'is no fingerprint: `FILE:RULE:LINE`, or `COMMIT:FILE:RULE:LINE`',
      });
    } else if (ignored.length < MAX_ENTRIES) {
      const file = parts.length - 3;
      ignored.push(parts.map((part, at) => (at === file ? part.replaceAll('\\', '/') : part)).join(':'));
    }
  });
  return { ignored, problems };
}

export function readBaseline(
  path: string,
  text: string,
): { baseline: BaselineEntry[]; problems: RuleFileProblem[] } {
  const wrong = (message: string): { baseline: BaselineEntry[]; problems: RuleFileProblem[] } => ({
    baseline: [],
    problems: [{ path, line: null, message }],
  });
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    // The message of the parser quotes the text, and with it secrets.
    return wrong('is no JSON');
  }
  if (report === null) return { baseline: [], problems: [] };
  if (!Array.isArray(report)) return wrong('is no JSON report of gitleaks, which is a list of findings');
  const entries = (report as unknown[]).slice(0, MAX_ENTRIES).map(toEntry);
  const usable = entries.filter((entry) => entry !== null);
  return usable.length === entries.length
    ? { baseline: usable, problems: [] }
    : wrong('has findings without a `RuleID` or a `File`');
}

function toEntry(value: unknown): BaselineEntry | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = new Map(Object.entries(value));
  const text = (key: string): string => {
    const field: unknown = fields.get(key);
    return typeof field === 'string' ? field : '';
  };
  const number = (key: string): number => {
    const field: unknown = fields.get(key);
    return typeof field === 'number' ? field : 0;
  };
  if (text('RuleID') === '' || text('File') === '') return null;
  const secret = text('Secret');
  return {
    ruleId: text('RuleID'),
    file: text('File'),
    commit: text('Commit'),
    startLine: number('StartLine'),
    endLine: number('EndLine'),
    secret: /^REDACTED$|\.\.\.$/.test(secret) ? null : secret,
  };
}

/** What makes a finding known: the file with its line, or the baseline; null when nothing does. */
export type KnownBy = 'ignore-file' | 'baseline';

/** Tells whether a finding is known. */
export class KnownIndex {
  readonly #ignored: ReadonlySet<string>;
  readonly #baseline = new Map<string, BaselineEntry[]>();

  constructor({ ignored, baseline }: KnownLeaks) {
    this.#ignored = new Set(ignored);
    for (const entry of baseline) {
      const key = `${entry.ruleId}\0${entry.file}`;
      this.#baseline.set(key, [...(this.#baseline.get(key) ?? []), entry]);
    }
  }

  knows(leak: RawLeak, path: string, commit: string | null): KnownBy | null {
    const fingerprint = `${path}:${leak.ruleId}:${leak.startLine}`;
    if (this.#ignored.has(fingerprint)) return 'ignore-file';
    if (commit !== null && this.#ignored.has(`${commit}:${fingerprint}`)) return 'ignore-file';
    const entries = this.#baseline.get(`${leak.ruleId}\0${path}`) ?? [];
    const same = (entry: BaselineEntry): boolean =>
      entry.secret === null
        ? entry.startLine === leak.startLine && entry.endLine === leak.endLine
        : entry.secret === leak.secret;
    return entries.some(same) ? 'baseline' : null;
  }
}
