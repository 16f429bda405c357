import { posix } from 'node:path';
import { isRecord } from './manifest.ts';
import type { Pointer, Range } from './position.ts';
import { encryptionScope, goPattern, modesOf, type EncryptionScope } from './sops-crypt.ts';
import { recipientsOfRule, type SopsRecipient } from './sops-recipients.ts';
import { parseYaml } from './yaml-parse.ts';

/** The only name that SOPS looks for; `.sops.yml` is ignored. */
export const SOPS_CONFIG_NAME = '.sops.yaml';

export interface CreationRule {
  /** From 0. */
  readonly index: number;
  /** Empty: matches every path. */
  readonly pathRegex: string;
  readonly recipients: readonly SopsRecipient[];
  /** Null when what it encrypts depends on comments. */
  readonly scope: EncryptionScope | null;
  readonly range: Range;
}

/** Something for which SOPS refuses the whole configuration, or stops at this rule. */
export interface SopsConfigProblem {
  /** The rule that it is about; null for the file as a whole. */
  readonly index: number | null;
  readonly message: string;
  readonly range: Range;
}

export interface SopsConfig {
  readonly path: string;
  readonly problems: readonly SopsConfigProblem[];
  /** The first rule that matches; null when none does, or when an invalid rule stands before it. */
  ruleFor(path: string): CreationRule | null;
}

interface Candidate {
  readonly rule: CreationRule | null;
  readonly matches: (path: string) => boolean;
}

/** Reads a `.sops.yaml` as SOPS does: unknown keys are ignored, and so is a file without `creation_rules`. */
export function readSopsConfig(path: string, text: string): SopsConfig {
  const file = parseYaml(path, text);
  const document = file.documents[0];
  const root = document?.value;
  const problems: SopsConfigProblem[] = [];
  const rangeOf = (pointer: Pointer): Range =>
    document?.rangeOf(pointer) ?? { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

  const listed = isRecord(root) ? root['creation_rules'] : undefined;
  if (listed !== undefined && listed !== null && !Array.isArray(listed)) {
    problems.push({
      index: null,
      message: '`creation_rules` is not a list',
      range: rangeOf(['creation_rules']),
    });
  }
  const candidates = (Array.isArray(listed) ? (listed as unknown[]) : []).map((value, index) =>
    readRule(isRecord(value) ? value : {}, index, rangeOf, problems),
  );
  const folder = posix.dirname(path);
  return {
    path,
    problems,
    ruleFor: (file) => {
      const relative = folder === '.' ? file : posix.relative(folder, file);
      return candidates.find((candidate) => candidate.matches(relative))?.rule ?? null;
    },
  };
}

function readRule(
  value: Readonly<Record<string, unknown>>,
  index: number,
  rangeOf: (pointer: Pointer) => Range,
  problems: SopsConfigProblem[],
): Candidate {
  const own: Pointer = ['creation_rules', String(index)];
  const refuse = (message: string, pointer: Pointer): null => {
    problems.push({ index, message, range: rangeOf(pointer) });
    return null;
  };
  const pathRegex = scalarText(value['path_regex']);
  let matches: (path: string) => boolean = () => true;
  if (pathRegex !== '') {
    try {
      matches = goPattern(pathRegex);
    } catch {
      refuse('`path_regex` is not a valid regular expression', [...own, 'path_regex']);
      // SOPS stops with an error when it comes to this rule: no later one is chosen.
      return { rule: null, matches };
    }
  }
  const modes = modesOf(value);
  if (modes.length > 1) {
    return {
      rule: refuse(`more than one of ${modes.map(({ kind }) => `\`${kind}\``).join(', ')}`, own),
      matches,
    };
  }
  try {
    const scope = encryptionScope(modes[0] ?? null);
    const range = rangeOf(pathRegex === '' ? own : [...own, 'path_regex']);
    return { rule: { index, pathRegex, recipients: recipientsOfRule(value), scope, range }, matches };
  } catch {
    const kind = modes[0]?.kind ?? '';
    return { rule: refuse(`\`${kind}\` is not a valid regular expression`, [...own, kind]), matches };
  }
}

function scalarText(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Where the configuration of `path` may stand, the nearest folder first. */
export function sopsConfigPathsFor(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return [...Array(parts.length + 1).keys()]
    .map((up) => parts.slice(0, parts.length - up))
    .map((folder) => [...folder, SOPS_CONFIG_NAME].join('/'));
}
