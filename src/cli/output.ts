import { writeFile } from 'node:fs/promises';
import type { Report } from '../engine/report.ts';
import { VERSION } from '../pipeline/package-root.ts';
import type { RuleSet } from '../pipeline/rule-set.ts';
import { render, type Format } from '../report/index.ts';
import { UsageError } from './exit.ts';
import type { Sources } from './sources.ts';

export interface OutputOptions {
  readonly format: Format;
  /** Standard output when undefined. */
  readonly output: string | undefined;
}

const MIN_WIDTH = 40;
const MAX_WIDTH = 120;
const DEFAULT_WIDTH = 100;

/** @throws {UsageError} when the file cannot be written */
export async function writeReport(
  report: Report,
  options: OutputOptions,
  rules: RuleSet,
  sources: Sources,
): Promise<void> {
  const toTerminal = options.output === undefined && process.stdout.isTTY;
  const text = render(options.format, report, {
    text: {
      color: toTerminal && process.env['NO_COLOR'] === undefined,
      width: toTerminal ? Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, process.stdout.columns)) : DEFAULT_WIDTH,
      sources,
    },
    sarif: { rules: rules.rules.map((rule) => rule.definition), version: VERSION, urlOf: rules.urlOf },
  });
  if (options.output === undefined) {
    await writeAll(text);
    return;
  }
  try {
    await writeFile(options.output, text);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new UsageError(`--output ${options.output} cannot be written (${code}).`);
  }
}

/** Resolves when a pipe has taken everything. A reader that went away (`| head`) is no error. */
function writeAll(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve();
      else reject(error);
    });
    process.stdout.write(text, () => {
      resolve();
    });
  });
}
