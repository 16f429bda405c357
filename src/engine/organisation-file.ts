import { parseYaml } from '../manifests/yaml-parse.ts';
import type { YamlDocument } from '../manifests/yaml-document.ts';
import { isRecord } from '../manifests/manifest.ts';
import { lazyValidator, readDocument, type ReadResult } from './document-schema.ts';
import { POLICY_SCHEMA, policyProblems, type PolicyFile } from './policy-file.ts';
import type { KnownRules } from './rule.ts';

/** The repository in which an owner keeps what counts for all its repositories. */
export const ORGANISATION_REPOSITORY = '.github';

/** Where it stands there; `.github/gitops-warden.yml` is that repository's own policy, as everywhere. */
export const ORGANISATION_PATHS = ['gitops-warden.yml', 'gitops-warden.yaml'] as const;

/** What counts for all repositories of an owner. */
export interface OrganisationFile {
  version?: 1;
  /** Where a repository says nothing. */
  defaults?: PolicyFile;
  /** What no repository can go below. */
  floor?: PolicyFile;
}

const { version, ...others } = POLICY_SCHEMA.properties;
/** It holds for everybody, so it stands by itself. */
const sections = Object.fromEntries(Object.entries(others).filter(([name]) => name !== 'extends'));
const policy = (description: string): object => ({
  type: 'object',
  description,
  additionalProperties: false,
  properties: sections,
});

/** JSON Schema of the organisation's file; published as `schemas/organisation.v1.json`. */
export const ORGANISATION_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'gitops-warden organisation',
  description:
    'What gitops-warden asks of every repository of an owner: gitops-warden.yml on the default branch of OWNER/.github.',
  type: 'object',
  additionalProperties: false,
  properties: {
    version,
    defaults: policy('Settings that count where the policy of a repository does not say otherwise.'),
    floor: policy('Settings that a repository may go beyond and never below.'),
  },
};

const PARTS = ['defaults', 'floor'] as const;
const validator = lazyValidator(ORGANISATION_SCHEMA);

/** Reads the organisation's file, naming every problem with its line. */
export function readOrganisationFile(
  path: string,
  text: string,
  knownRules: KnownRules,
): ReadResult<OrganisationFile> {
  const read = readDocument<OrganisationFile>(path, text, validator);
  const document = parseYaml(path, text, 'core').documents[0];
  const problems = [
    ...read.problems,
    ...PARTS.flatMap((part) =>
      policyProblems(path, read.value?.[part] ?? null, partOf(document, part), knownRules),
    ),
  ];
  if (problems.length === 0) return read;
  return { value: null, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

/** A part of a document as if it were one of its own; undefined when the document does not have it. */
export function partOf(document: YamlDocument | undefined, part: string): YamlDocument | undefined {
  const value = isRecord(document?.value) ? document.value[part] : undefined;
  if (document === undefined || value === undefined) return undefined;
  return { value, rangeOf: (pointer, which) => document.rangeOf([part, ...pointer], which) };
}

/** Whether a text is the organisation's file, and not a policy: those have no such keys. */
export function isOrganisationFile(path: string, text: string): boolean {
  const value = parseYaml(path, text, 'core').documents[0]?.value;
  return isRecord(value) && PARTS.some((part) => Object.hasOwn(value, part));
}
