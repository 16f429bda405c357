import type { FileVersion, NotChecked } from '../engine/change.ts';
import {
  isOrganisationFile,
  ORGANISATION_PATHS,
  readOrganisationFile,
  type OrganisationFile,
} from '../engine/organisation-file.ts';
import { readPolicyFile } from '../engine/policy-file.ts';
import type { ConfigProblem } from '../engine/policy.ts';
import type { ReadResult } from '../engine/document-schema.ts';
import type { KnownRules } from '../engine/rule.ts';
import { WHOLE_REPOSITORY } from '../git/not-checked.ts';
import type { OrganisationSource } from './outside-policy.ts';
import type { TextFile } from './text-file.ts';
import { textInTree } from './tree-text.ts';

/** What counts for all repositories of the owner. */
export interface OrganisationPolicy {
  /** Null when there is none, or none that can be used. */
  readonly file: OrganisationFile | null;
  readonly source: TextFile | null;
  readonly problems: readonly ConfigProblem[];
  readonly notes: readonly NotChecked[];
  /** For readers of a verdict, as a sentence without a full stop; null: nothing. */
  readonly remark: string | null;
  /** There is, or must be, a floor that is not known: nothing may pass for its sake. */
  readonly unknown: boolean;
}

const NONE: OrganisationPolicy = {
  file: null,
  source: null,
  problems: [],
  notes: [],
  remark: null,
  unknown: false,
};

/**
 * Reads the organisation's file. Absent, unreadable and invalid are three outcomes: without a file nothing is asked;
 * one that cannot be read is noted, and fails what is judged only where it is required; an invalid one always does.
 */
export async function readOrganisation(
  source: OrganisationSource | null,
  knownRules: KnownRules,
  findInTree: (path: string) => Promise<FileVersion | null>,
): Promise<OrganisationPolicy> {
  switch (source?.from) {
    case undefined:
      return NONE;
    case 'file':
      return understood(source.file, knownRules);
    case 'tree':
      return inTree(knownRules, findInTree);
    case 'owner':
      return ofOwner(source, knownRules);
  }
}

async function ofOwner(
  { required, read }: Extract<OrganisationSource, { from: 'owner' }>,
  knownRules: KnownRules,
): Promise<OrganisationPolicy> {
  const answer = await read();
  if (answer.state === 'found') return understood(answer.file, knownRules);
  if (required) {
    const message = `${answer.reason}. The operator asks for it with ORG_POLICY=required, so nothing passes without it`;
    const problem = { path: "the organisation's policy", line: null, message };
    return { ...NONE, problems: [problem], unknown: true };
  }
  if (answer.state === 'absent') return NONE;
  // Most owners have none: that is no gap in the verdict.
  if (answer.state === 'hidden')
    return { ...NONE, remark: 'GitHub shows the App no policy of the organisation' };
  const reason = `was judged without the organisation's policy, which ${answer.reason}`;
  return { ...NONE, notes: [{ path: WHOLE_REPOSITORY, reason, blocks: false }] };
}

async function inTree(
  knownRules: KnownRules,
  findInTree: (path: string) => Promise<FileVersion | null>,
): Promise<OrganisationPolicy> {
  const { file, problems } = await textInTree(ORGANISATION_PATHS, findInTree);
  if (file === null) return { ...NONE, problems, unknown: problems.length > 0 };
  const read = understood(file, knownRules);
  return { ...read, problems: [...problems, ...read.problems] };
}

/** A policy that is handed over as a floor counts as one as a whole. */
function understood(source: TextFile, knownRules: KnownRules): OrganisationPolicy {
  const read = readEither(source, knownRules);
  return { ...NONE, file: read.value, source, problems: read.problems, unknown: read.value === null };
}

function readEither({ path, text }: TextFile, knownRules: KnownRules): ReadResult<OrganisationFile> {
  const isNamed = ORGANISATION_PATHS.some((name) => path === name || path.endsWith(`:${name}`));
  if (isNamed || isOrganisationFile(path, text)) return readOrganisationFile(path, text, knownRules);
  const read = readPolicyFile(path, text, knownRules);
  return read.value === null ? read : { value: { floor: read.value }, problems: [] };
}
