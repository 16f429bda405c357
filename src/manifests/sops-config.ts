import { posix } from 'node:path';
import { isRecord } from './manifest.ts';
import type { Pointer, Range } from './position.ts';
import { encryptionScope, goPattern, modesOf, type EncryptionScope, type SopsMode } from './sops-crypt.ts';
import { groupsOfRule, recipientsOfRule, type SopsRecipient } from './sops-recipients.ts';
import type { YamlDocument } from './yaml-document.ts';
import { parseYaml } from './yaml-parse.ts';

/** The only name that SOPS looks for; `.sops.yml` is ignored. */
export const SOPS_CONFIG_NAME = '.sops.yaml';

export interface CreationRule {
  /** From 0. */
  readonly index: number;
  /** Empty: matches every path. */
  readonly pathRegex: string;
  readonly recipients: readonly SopsRecipient[];
  /** The recipients by key group; one group when the rule names none. */
  readonly groups: readonly (readonly SopsRecipient[])[];
  /** How many groups it takes to decrypt. */
  readonly threshold: number;
  /** Null: SOPS leaves out keys that end in `_unencrypted`. */
  readonly mode: SopsMode | null;
  /** Null when what it encrypts depends on comments. */
  readonly scope: EncryptionScope | null;
  readonly macOnlyEncrypted: boolean;
  readonly range: Range;
}

/** Something for which SOPS refuses the whole configuration, or stops at this rule. */
export interface SopsConfigProblem {
  /** SOPS then uses no rule of the file, and not only stops at this one. */
  readonly refusesFile: boolean;
  /** The rule that it is about; null for the file as a whole. */
  readonly index: number | null;
  readonly message: string;
  readonly range: Range;
}

export interface SopsConfig {
  readonly path: string;
  readonly problems: readonly SopsConfigProblem[];
  /** Why the text cannot be read as YAML, so that nothing is known of its rules; null when it can. */
  readonly unreadable: string | null;
  readonly document: YamlDocument | null;
  /** How many creation rules there are. Without any, SOPS takes the configuration for absent. */
  readonly ruleCount: number;
  /** Rules that can be used. */
  readonly rules: readonly CreationRule[];
  /** The path as `path_regex` sees it. */
  relative(path: string): string;
  /** The first rule that matches; null when none does, or when an invalid rule stands before it. */
  ruleFor(path: string): CreationRule | null;
}

interface Candidate {
  readonly rule: CreationRule | null;
  readonly matches: (path: string) => boolean;
}

/** Reads a `.sops.yaml` as SOPS does: unknown keys are ignored, and so is a file without `creation_rules`. */
export function readSopsConfig(path: string, text: string): SopsConfig {
  // Go keeps `yes` as it is where text is wanted, and takes it for true where a switch is.
  const file = parseYaml(path, text, 'core');
  const document = file.documents[0];
  const root = document?.value;
  const problems: SopsConfigProblem[] = [];
  const rangeOf = (pointer: Pointer): Range =>
    document?.rangeOf(pointer) ?? { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

  const listed = isRecord(root) ? root['creation_rules'] : undefined;
  if (listed !== undefined && listed !== null && !Array.isArray(listed)) {
    problems.push({
      refusesFile: true,
      index: null,
      message: '`creation_rules` is not a list',
      range: rangeOf(['creation_rules']),
    });
  }
  const all = Array.isArray(listed) ? (listed as unknown[]) : [];
  const values = all.slice(0, MAX_RULES);
  if (all.length > MAX_RULES) {
    problems.push({
      refusesFile: true,
      index: null,
      message: `it has more than ${MAX_RULES} creation rules, which are not all looked at`,
      range: rangeOf(['creation_rules', String(MAX_RULES)]),
    });
  }
  problems.push(...typeProblems(values, rangeOf));
  const candidates = values.map((value, index) =>
    readRule(isRecord(value) ? value : {}, index, rangeOf, problems),
  );
  const folder = posix.dirname(path);
  const relative = (one: string): string => (folder === '.' ? one : posix.relative(folder, one));
  return {
    path,
    problems,
    unreadable: file.problems[0]?.message ?? null,
    document: document ?? null,
    ruleCount: values.length,
    rules: candidates.flatMap(({ rule }) => rule ?? []),
    relative,
    ruleFor: (one) => candidates.find((candidate) => candidate.matches(relative(one)))?.rule ?? null,
  };
}

/** Every rule is tried on every path. */
const MAX_RULES = 500;

/** Types that Go does not put into its fields: SOPS then refuses the whole file. */
const KEY_TYPES: Readonly<Record<string, { readonly is: (value: unknown) => boolean; readonly be: string }>> =
  {
    ...Object.fromEntries(
      ['age', 'pgp', 'kms', 'gcp_kms', 'azure_keyvault', 'hc_vault_transit_uri'].map((key) => [
        key,
        {
          is: (value: unknown) => typeof value === 'string' || isListOf(value, isText),
          be: 'text or a list of text',
        },
      ]),
    ),
    hckms: { is: (value) => isListOf(value, isText), be: 'a list of text' },
    key_groups: { is: (value) => isListOf(value, isRecord), be: 'a list of maps' },
    shamir_threshold: { is: (value) => Number.isInteger(value), be: 'a whole number' },
    mac_only_encrypted: { is: (value) => switchOf(value) !== null, be: 'true or false' },
  };

function typeProblems(rules: readonly unknown[], rangeOf: (pointer: Pointer) => Range): SopsConfigProblem[] {
  return rules.flatMap((rule, index): SopsConfigProblem[] => {
    const own: Pointer = ['creation_rules', String(index)];
    if (rule === null || rule === undefined) return [];
    if (!isRecord(rule))
      return [{ refusesFile: true, index, message: 'it is not a map', range: rangeOf(own) }];
    return Object.entries(KEY_TYPES).flatMap(([key, { is, be }]) => {
      const value = rule[key];
      if (value === undefined || value === null || is(value)) return [];
      return [
        { refusesFile: true, index, message: `\`${key}\` has to be ${be}`, range: rangeOf([...own, key]) },
      ];
    });
  });
}

function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && (value as unknown[]).every(is);
}

function switchOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  if (/^(?:y|yes|on)$/i.test(value)) return true;
  return /^(?:n|no|off)$/i.test(value) ? false : null;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function readRule(
  value: Readonly<Record<string, unknown>>,
  index: number,
  rangeOf: (pointer: Pointer) => Range,
  problems: SopsConfigProblem[],
): Candidate {
  const own: Pointer = ['creation_rules', String(index)];
  const refuse = (message: string, pointer: Pointer): null => {
    problems.push({ refusesFile: false, index, message, range: rangeOf(pointer) });
    return null;
  };
  const pathRegex = scalarText(value['path_regex']);
  let matches: (path: string) => boolean = () => true;
  if (pathRegex !== '') {
    try {
      matches = goPattern(pathRegex);
    } catch (error) {
      refuse(`\`path_regex\` is ${invalid(error)}`, [...own, 'path_regex']);
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
    const mode = modes[0] ?? null;
    const scope = encryptionScope(mode);
    const range = rangeOf(pathRegex === '' ? own : [...own, 'path_regex']);
    const groups = groupsOfRule(value);
    const wanted = value['shamir_threshold'];
    const rule: CreationRule = {
      index,
      pathRegex,
      recipients: recipientsOfRule(value),
      groups,
      threshold: typeof wanted === 'number' && wanted > 0 ? wanted : groups.length,
      mode,
      scope,
      macOnlyEncrypted: switchOf(value['mac_only_encrypted']) === true,
      range,
    };
    return { rule, matches };
  } catch (error) {
    const kind = modes[0]?.kind ?? '';
    return { rule: refuse(`\`${kind}\` is ${invalid(error)}`, [...own, kind]), matches };
  }
}

function invalid(error: unknown): string {
  return error instanceof RangeError
    ? 'too large a regular expression to be tried'
    : 'not a valid regular expression';
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Where the configuration of `path` may stand, the nearest folder first. */
export function sopsConfigPathsFor(path: string): string[] {
  const paths: string[] = [];
  for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
    paths.push(`${path.slice(0, end)}/${SOPS_CONFIG_NAME}`);
    if (end === 0) break;
  }
  return [...paths, SOPS_CONFIG_NAME];
}
