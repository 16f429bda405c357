import type { JSONSchemaType } from 'ajv';
import { isRecord } from '../manifests/manifest.ts';
import type { YamlDocument } from '../manifests/yaml-document.ts';
import { parseYaml } from '../manifests/yaml-parse.ts';
import { createAjv, didYouMean, readDocument, type ReadResult } from './document-schema.ts';
import { SEVERITIES } from './finding.ts';
import { globProblem } from './globs.ts';
import { PROFILES, type ConfigProblem, type Level, type Policy, type Profile } from './policy.ts';
import { SIGNATURE_SCHEMA, signatureProblems, type SignaturePolicyFile } from './signature-policy-file.ts';

/** Where a repository keeps its policy. */
export const POLICY_PATHS = ['.github/gitops-warden.yml', '.github/gitops-warden.yaml'] as const;

/** A policy file as it is written; everything is optional. */
export interface PolicyFile {
  version?: 1;
  profile?: Profile;
  mode?: Policy['mode'];
  rules?: Record<string, Level | { severity?: Level; exclude?: string[] }>;
  exclude?: string[];
  environments?: Record<string, { paths?: string[]; clusters?: string[] }>;
  branches?: { protected?: string[] };
  signatures?: SignaturePolicyFile;
  notChecked?: Policy['notChecked'];
}

const level = { type: 'string', enum: [...SEVERITIES, 'off'] };
const globs = (description: string): object => ({
  type: 'array',
  description,
  items: { type: 'string', minLength: 1, maxLength: 500 },
  maxItems: 500,
});

/** JSON Schema of the policy file; published as `schemas/policy.v1.json`. */
export const POLICY_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'gitops-warden policy',
  description: 'What gitops-warden asks of a repository: .github/gitops-warden.yml on the base branch.',
  type: 'object',
  additionalProperties: false,
  properties: {
    version: { type: 'integer', const: 1, description: 'Version of this format.' },
    profile: { type: 'string', enum: [...PROFILES], description: 'How strict the rules are by default.' },
    mode: {
      type: 'string',
      enum: ['enforce', 'report'],
      description: 'report shows what would block, and passes.',
    },
    rules: {
      type: 'object',
      description: 'Settings by the id of the rule: a severity, off, or both a severity and exceptions.',
      additionalProperties: {
        type: ['string', 'object'],
        if: { type: 'string' },
        then: { enum: level.enum },
        else: {
          additionalProperties: false,
          properties: {
            severity: {
              ...level,
              description: 'error blocks, warning and info do not, off switches the rule off.',
            },
            exclude: globs('Globs of paths for which the rule is off.'),
          },
        },
      },
    },
    exclude: globs('Globs of paths that are never deployed; no rule looks at them.'),
    environments: {
      type: 'object',
      description: 'What belongs to which environment. Replaces the defaults.',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          paths: globs('Globs over the path of the file.'),
          clusters: globs('Globs over the name or server of an Argo CD destination.'),
        },
      },
    },
    branches: {
      type: 'object',
      additionalProperties: false,
      properties: {
        protected: globs(
          'Branches, beside the default and the protected ones, on which a direct push raises an alert.',
        ),
      },
    },
    signatures: SIGNATURE_SCHEMA,
    notChecked: {
      type: 'string',
      enum: ['fail', 'warn'],
      description: 'What a rule that could not run, or a file that could not be judged, does to the verdict.',
    },
  },
};

const validate = createAjv().compile<PolicyFile>(POLICY_SCHEMA as unknown as JSONSchemaType<PolicyFile>);

/**
 * Reads a policy file, naming every problem with its line.
 *
 * @param ruleIds the rules that exist; settings for others are problems
 */
export function readPolicyFile(
  path: string,
  text: string,
  ruleIds: ReadonlySet<string>,
): ReadResult<PolicyFile> {
  const read = readDocument<PolicyFile>(path, text, validate);
  const document = parseYaml(path, text, 'core').documents[0];
  const problems = [
    ...read.problems,
    ...unknownRules(path, document, ruleIds),
    ...(read.value === null ? [] : badGlobs(path, read.value)),
    ...(read.value === null ? [] : signatureProblems(path, read.value.signatures ?? {}, document)),
  ];
  if (problems.length === 0) return read;
  return { value: null, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

/** Settings for rules that do not exist: they would look enforced, and not be. */
function unknownRules(
  path: string,
  document: YamlDocument | undefined,
  ruleIds: ReadonlySet<string>,
): ConfigProblem[] {
  const rules = isRecord(document?.value) ? document.value['rules'] : null;
  if (document === undefined || !isRecord(rules)) return [];
  return Object.keys(rules)
    .filter((id) => !ruleIds.has(id))
    .map((id) => ({
      path,
      line: document.rangeOf(['rules', id], 'key').start.line,
      message: `there is no rule \`${id}\`${didYouMean(id, [...ruleIds])}`,
    }));
}

function badGlobs(path: string, file: PolicyFile): ConfigProblem[] {
  const all = [
    ...(file.exclude ?? []),
    ...(file.branches?.protected ?? []),
    ...Object.values(file.environments ?? {}).flatMap((one) => [
      ...(one.paths ?? []),
      ...(one.clusters ?? []),
    ]),
    ...Object.values(file.rules ?? {}).flatMap((one) => (typeof one === 'string' ? [] : (one.exclude ?? []))),
  ];
  return all.flatMap((glob) => {
    const message = globProblem(glob);
    return message === null ? [] : [{ path, line: null, message }];
  });
}
