import type { YamlDocument } from '../manifests/yaml-document.ts';
import { parseYaml } from '../manifests/yaml-parse.ts';
import {
  COMMENTS_SCHEMA,
  REPORTS_SCHEMA,
  type CommentsSection,
  type ReportsSection,
} from './conduct-policy-file.ts';
import { lazyValidator, readDocument, type ReadResult } from './document-schema.ts';
import { globProblem } from './globs.ts';
import { EXTENDS_SCHEMA } from './policy-reference.ts';
import { globs } from './policy-schema-parts.ts';
import { PUSHES_SCHEMA, type PushesSection } from './push-policy-file.ts';
import { PROFILES, type ConfigProblem, type Level, type Policy, type Profile } from './policy.ts';
import { POSTURE_SCHEMA, type PostureSection } from './posture-policy-file.ts';
import type { KnownRules } from './rule.ts';
import { environmentProblems, RULES_SCHEMA, ruleProblems, type RuleSection } from './rule-policy-file.ts';
import { SECRETS_SCHEMA, type SecretsSection } from './secret-policy-file.ts';
import {
  requirementIn,
  SIGNATURE_SCHEMA,
  signatureProblems,
  type SignaturePolicyFile,
} from './signature-policy-file.ts';
import { waiverProblems, WAIVERS_SCHEMA, type WaiversSection } from './waiver-policy-file.ts';

/** Where a repository keeps its policy. */
export const POLICY_PATHS = ['.github/gitops-warden.yml', '.github/gitops-warden.yaml'] as const;

/** A policy file as it is written; everything is optional. */
export interface PolicyFile {
  version?: 1;
  extends?: string | string[];
  profile?: Profile;
  mode?: Policy['mode'];
  rules?: Record<string, Level | RuleSection>;
  exclude?: string[];
  environments?: Record<string, { paths?: string[]; clusters?: string[]; kubernetes?: string[] }>;
  kubernetes?: string[];
  branches?: { protected?: string[] };
  pushes?: PushesSection;
  signatures?: SignaturePolicyFile;
  secrets?: SecretsSection;
  posture?: PostureSection;
  waivers?: WaiversSection;
  comments?: CommentsSection;
  reports?: ReportsSection;
  notChecked?: Policy['notChecked'];
}

const minors = (description: string): object => ({
  type: 'array',
  description,
  items: { type: 'string', pattern: '^1\\.[0-9]{1,3}$', examples: ['1.34'] },
  minItems: 1,
  maxItems: 20,
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
    extends: EXTENDS_SCHEMA,
    profile: { type: 'string', enum: [...PROFILES], description: 'How strict the rules are by default.' },
    mode: {
      type: 'string',
      enum: ['enforce', 'report'],
      description: 'report shows what would block, and passes.',
    },
    rules: RULES_SCHEMA,
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
          kubernetes: minors(
            'Minor versions of Kubernetes that its clusters run. Replaces the general ones.',
          ),
        },
      },
    },
    kubernetes: minors(
      'Minor versions of Kubernetes that your clusters run, such as "1.34". Objects must fit each of them.',
    ),
    branches: {
      type: 'object',
      additionalProperties: false,
      properties: {
        protected: globs(
          'Branches, beside the default and the protected ones, on which a direct push raises an alert.',
        ),
      },
    },
    pushes: PUSHES_SCHEMA,
    signatures: SIGNATURE_SCHEMA,
    secrets: SECRETS_SCHEMA,
    posture: POSTURE_SCHEMA,
    waivers: WAIVERS_SCHEMA,
    comments: COMMENTS_SCHEMA,
    reports: REPORTS_SCHEMA,
    notChecked: {
      type: 'string',
      enum: ['fail', 'warn'],
      description: 'What a rule that could not run, or a file that could not be judged, does to the verdict.',
    },
  },
};

const validator = lazyValidator(POLICY_SCHEMA);

/**
 * Reads a policy file, naming every problem with its line.
 *
 * @param knownRules the rules that exist; settings for others, and of parameters that they lack, are problems
 */
export function readPolicyFile(path: string, text: string, knownRules: KnownRules): ReadResult<PolicyFile> {
  const read = readDocument<PolicyFile>(path, text, validator);
  const document = parseYaml(path, text, 'core').documents[0];
  const problems = [...read.problems, ...policyProblems(path, read.value, document, knownRules)];
  if (problems.length === 0) return read;
  return { value: null, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

/**
 * What a schema cannot say of a policy.
 *
 * @param value null when it does not satisfy the schema
 */
export function policyProblems(
  path: string,
  value: PolicyFile | null,
  document: YamlDocument | undefined,
  knownRules: KnownRules,
): ConfigProblem[] {
  return [
    ...ruleProblems(path, document, knownRules),
    ...(value === null
      ? []
      : [
          // Environments may come from a file that this one extends; then they are looked for among all.
          ...(value.extends === undefined ? environmentProblems(path, value, document) : []),
          ...badGlobs(path, value),
          ...waiverProblems(path, value.waivers ?? {}, document, knownRules),
          ...signatureProblems(path, value.signatures ?? {}, document),
          ...contradictions(path, value, document),
        ]),
  ];
}

/** A rule that does not block beside a requirement that it alone enforces: whoever reads the one is deceived by the other. */
function contradictions(
  path: string,
  { rules, signatures }: PolicyFile,
  document: YamlDocument | undefined,
): ConfigProblem[] {
  const setting = rules?.['signed-commits'];
  const level = typeof setting === 'string' ? setting : setting?.severity;
  const asked = requirementIn(signatures ?? {});
  if (level === undefined || level === 'error' || asked === null) return [];
  return [
    {
      path,
      line: document?.rangeOf(['rules', 'signed-commits'], 'value').start.line ?? null,
      message:
        `\`signed-commits\` is \`${level}\`, so nothing that \`${asked}\` asks for would block: leave the severity out. ` +
        'To try it out first, set `mode: report`',
    },
  ];
}

function badGlobs(path: string, file: PolicyFile): ConfigProblem[] {
  const all = [
    ...(file.exclude ?? []),
    ...(file.secrets?.exclude ?? []),
    ...(file.branches?.protected ?? []),
    ...Object.values(file.environments ?? {}).flatMap((one) => [
      ...(one.paths ?? []),
      ...(one.clusters ?? []),
    ]),
    ...Object.values(file.rules ?? {}).flatMap((one) =>
      typeof one === 'string'
        ? []
        : [
            ...(one.exclude ?? []),
            ...(one.overrides ?? []).flatMap(({ paths = [], namespaces = [] }) => [...paths, ...namespaces]),
          ],
    ),
  ];
  return all.flatMap((glob) => {
    const message = globProblem(glob);
    return message === null ? [] : [{ path, line: null, message }];
  });
}
