import { parseYaml } from '../manifests/yaml-parse.ts';
import { didYouMean, lazyValidator, readDocument, type ReadResult } from './document-schema.ts';
import { globProblem } from './globs.ts';
import { globs } from './policy-schema-parts.ts';
import type { ConfigProblem } from './policy.ts';
import type { Waiver } from './waiver.ts';

/** Where a repository keeps lasting waivers. */
export const WAIVER_PATHS = [
  '.github/gitops-warden/waivers.yml',
  '.github/gitops-warden/waivers.yaml',
] as const;

export function isWaiverFile(path: string): boolean {
  return (WAIVER_PATHS as readonly string[]).includes(path);
}

/** Characters of a reason: enough to say something, and not a text to hide something in. */
export const REASON_LENGTH = { min: 10, max: 500 } as const;

/** The waiver file as it is written. */
interface WaiverFile {
  version?: 1;
  waivers?: WaiverEntry[];
}

interface WaiverEntry {
  rule?: string;
  paths?: string[];
  finding?: string;
  reason: string;
  approver: string;
  until: string;
}

/** JSON Schema of the waiver file; published as `schemas/waivers.v1.json`. */
export const WAIVER_FILE_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'gitops-warden waivers',
  description: 'Findings that may stay for a time: .github/gitops-warden/waivers.yml on the base branch.',
  type: 'object',
  additionalProperties: false,
  properties: {
    version: { type: 'integer', const: 1, description: 'Version of this format.' },
    waivers: {
      type: 'array',
      description: 'Each sets findings aside: one of them, or those of a rule.',
      maxItems: 500,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['reason', 'approver', 'until'],
        properties: {
          rule: {
            type: 'string',
            pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
            examples: ['no-mutable-image-tag'],
            maxLength: 100,
            description: 'The rule whose findings may stay; in all files, or in those of paths.',
          },
          paths: { ...globs('Globs of the files in which they may stay.'), minItems: 1, maxItems: 20 },
          finding: {
            type: 'string',
            pattern: '^[0-9a-f]{32}$',
            description: 'The fingerprint of the one finding that may stay, as a report in JSON shows it.',
          },
          reason: {
            type: 'string',
            minLength: REASON_LENGTH.min,
            maxLength: REASON_LENGTH.max,
            description: 'Why it may stay.',
          },
          approver: {
            type: 'string',
            minLength: 1,
            maxLength: 100,
            description: 'Who answers for it, and is asked when it ends: a login or a team.',
          },
          until: {
            type: 'string',
            pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
            examples: ['2027-03-31'],
            description: 'The last day on which it holds, in UTC, as YYYY-MM-DD.',
          },
        },
      },
    },
  },
};

const validator = lazyValidator(WAIVER_FILE_SCHEMA);

/**
 * Reads a waiver file, naming every problem with its line.
 *
 * @param knownRules ids of the rules that exist; a waiver of another one is a problem, because it would waive nothing
 */
export function readWaiverFile(
  path: string,
  text: string,
  knownRules: readonly string[],
): ReadResult<readonly Waiver[]> {
  const read = readDocument<WaiverFile>(path, text, validator);
  if (read.value === null) return read;
  const entries = read.value.waivers ?? [];
  const document = parseYaml(path, text, 'core').documents[0];
  const problems = entries.flatMap((entry, index) =>
    complaintsAbout(entry, knownRules).map(({ key, message }): ConfigProblem => {
      const pointer = ['waivers', String(index), ...(key === null ? [] : [key])];
      return { path, line: document?.rangeOf(pointer).start.line ?? null, message };
    }),
  );
  if (problems.length > 0) return { value: null, problems };
  const lineOf = (index: number): number | null =>
    document?.rangeOf(['waivers', String(index)]).start.line ?? null;
  const value = entries.map((entry, index) => ({ ...toWaiver(entry), place: { path, line: lineOf(index) } }));
  return { value, problems: [] };
}

interface Complaint {
  readonly key: keyof WaiverEntry | null;
  readonly message: string;
}

function complaintsAbout(entry: WaiverEntry, knownRules: readonly string[]): Complaint[] {
  const { rule, paths = [], finding, reason, until } = entry;
  return [
    ...((rule === undefined) === (finding === undefined)
      ? [{ key: null, message: 'a waiver needs either `rule` or `finding`' }]
      : []),
    ...(finding !== undefined && paths.length > 0
      ? [
          {
            key: 'paths' as const,
            message: '`paths` goes with `rule`; a `finding` stands in one place already',
          },
        ]
      : []),
    ...(rule !== undefined && !knownRules.includes(rule)
      ? [{ key: 'rule' as const, message: `there is no rule \`${rule}\`${didYouMean(rule, knownRules)}` }]
      : []),
    ...(reason.trim().length < REASON_LENGTH.min
      ? [{ key: 'reason' as const, message: '`reason` must say why the finding may stay' }]
      : []),
    ...(isCalendarDay(until)
      ? []
      : [{ key: 'until' as const, message: `\`${until}\` is no day of the calendar` }]),
    ...paths.flatMap((glob) => {
      const message = globProblem(glob);
      return message === null ? [] : [{ key: 'paths' as const, message }];
    }),
  ];
}

/** Whether a text of the form YYYY-MM-DD names a day that there is. */
export function isCalendarDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().slice(0, 10) === text;
}

function toWaiver({ rule, paths, finding, reason, approver, until }: WaiverEntry): Waiver {
  const scope =
    rule === undefined
      ? ({ type: 'finding', fingerprint: finding ?? '', digest: null } as const)
      : ({ type: 'rule', ruleId: rule, paths: paths ?? [] } as const);
  return { scope, reason: reason.trim(), approver, until, origin: 'file' };
}
