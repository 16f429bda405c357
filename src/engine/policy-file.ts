import type { JSONSchemaType } from 'ajv';
import { isRecord } from '../manifests/manifest.ts';
import type { YamlDocument } from '../manifests/yaml-document.ts';
import { parseYaml } from '../manifests/yaml-parse.ts';
import { createAjv, didYouMean, readDocument, type ReadResult } from './document-schema.ts';
import { SEVERITIES } from './finding.ts';
import { globProblem } from './globs.ts';
import type { Pointer } from '../manifests/position.ts';
import { parameterProblem } from './parameters.ts';
import { PROFILES, type ConfigProblem, type Level, type Policy, type Profile } from './policy.ts';
import type { KnownRules } from './rule.ts';
import { SIGNATURE_SCHEMA, signatureProblems, type SignaturePolicyFile } from './signature-policy-file.ts';

/** Where a repository keeps its policy. */
export const POLICY_PATHS = ['.github/gitops-warden.yml', '.github/gitops-warden.yaml'] as const;

/** What a policy says of one rule, as it is written. */
export interface RuleSection {
  severity?: Level;
  exclude?: string[];
  parameters?: Record<string, unknown>;
}

/** A policy file as it is written; everything is optional. */
export interface PolicyFile {
  version?: 1;
  profile?: Profile;
  mode?: Policy['mode'];
  rules?: Record<string, Level | RuleSection>;
  exclude?: string[];
  environments?: Record<string, { paths?: string[]; clusters?: string[]; kubernetes?: string[] }>;
  kubernetes?: string[];
  branches?: { protected?: string[] };
  signatures?: SignaturePolicyFile;
  secrets?: SecretsSection;
  notChecked?: Policy['notChecked'];
}

/** The section `secrets`, as it is written. */
export interface SecretsSection {
  exclude?: string[];
  kinds?: Record<string, Level>;
  allow?: { fingerprint: string; reason: string; until?: string }[];
  rules?: string[];
  baseline?: string;
  entropy?: Record<string, number>;
  decodeDepth?: number;
  inlineAllow?: boolean;
  corrections?: { anchoredAllowlists?: boolean; remoteReferences?: boolean };
}

const level = { type: 'string', enum: [...SEVERITIES, 'off'] };
const globs = (description: string): object => ({
  type: 'array',
  description,
  items: { type: 'string', minLength: 1, maxLength: 500 },
  maxItems: 500,
});

const minors = (description: string): object => ({
  type: 'array',
  description,
  items: { type: 'string', pattern: '^1\\.[0-9]{1,3}$' },
  minItems: 1,
  maxItems: 20,
});
const repositoryPath = {
  type: 'string',
  minLength: 1,
  maxLength: 500,
  not: { pattern: '^/|(^|/)\\.\\.(/|$)' },
};

const SECRETS_SCHEMA = {
  type: 'object',
  description: 'How credentials are looked for.',
  additionalProperties: false,
  properties: {
    exclude: globs('Globs of paths that are not searched for credentials.'),
    kinds: {
      type: 'object',
      description: 'Levels by the id of a kind, such as github-pat; * stands for all others.',
      additionalProperties: level,
    },
    allow: {
      type: 'array',
      description: 'Secrets that are known and lived with. Applies where FINGERPRINT_KEY is set.',
      maxItems: 1000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['fingerprint', 'reason'],
        properties: {
          fingerprint: {
            type: 'string',
            pattern: '^hmac:[0-9a-f]{32}$',
            description: 'As a finding shows it.',
          },
          reason: { type: 'string', minLength: 1, maxLength: 500, description: 'Why it may stay.' },
          until: {
            type: 'string',
            pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
            description: 'The last day on which it may stay, as YYYY-MM-DD.',
          },
        },
      },
    },
    rules: {
      type: 'array',
      description: 'Further rule files in the format of gitleaks, by their path in the repository.',
      items: repositoryPath,
      maxItems: 20,
    },
    baseline: { ...repositoryPath, description: 'A JSON report of gitleaks whose findings are known.' },
    entropy: {
      type: 'object',
      description: 'Thresholds by the id of a kind, in bits a character: a secret must have more.',
      additionalProperties: { type: 'number', minimum: 0, maximum: 8 },
    },
    decodeDepth: {
      type: 'integer',
      minimum: 0,
      maximum: 10,
      description: 'How many encodings, one around the other, are undone.',
    },
    inlineAllow: {
      type: 'boolean',
      description:
        'Whether a comment gitleaks:allow in a line counts. When not set, it counts in a scan and not in the review of a change, whose author could allow a secret of his own with it.',
    },
    corrections: {
      type: 'object',
      description: 'What the rule files of gitleaks are known to get wrong; each is mended unless false.',
      additionalProperties: false,
      properties: {
        anchoredAllowlists: {
          type: 'boolean',
          description: '^true|false$ in an allowlist means two words, not every secret with false in it.',
        },
        remoteReferences: {
          type: 'boolean',
          description:
            'Generic rules stay silent on the paths by which an ExternalSecret names what it fetches.',
        },
      },
    },
  },
};

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
            parameters: {
              type: 'object',
              description: 'Values of the parameters that the page of the rule lists.',
            },
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
    signatures: SIGNATURE_SCHEMA,
    secrets: SECRETS_SCHEMA,
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
 * @param knownRules the rules that exist; settings for others, and of parameters that they lack, are problems
 */
export function readPolicyFile(path: string, text: string, knownRules: KnownRules): ReadResult<PolicyFile> {
  const read = readDocument<PolicyFile>(path, text, validate);
  const document = parseYaml(path, text, 'core').documents[0];
  const problems = [
    ...read.problems,
    ...ruleProblems(path, document, knownRules),
    ...(read.value === null ? [] : badGlobs(path, read.value)),
    ...(read.value === null ? [] : signatureProblems(path, read.value.signatures ?? {}, document)),
  ];
  if (problems.length === 0) return read;
  return { value: null, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

/** Settings for rules and parameters that do not exist: they would look enforced, and not be. */
function ruleProblems(
  path: string,
  document: YamlDocument | undefined,
  knownRules: KnownRules,
): ConfigProblem[] {
  const rules = isRecord(document?.value) ? document.value['rules'] : null;
  if (document === undefined || !isRecord(rules)) return [];
  const problem = (pointer: Pointer, message: string): ConfigProblem => ({
    path,
    line: document.rangeOf(pointer, 'key').start.line,
    message,
  });
  return Object.entries(rules).flatMap(([id, setting]) => {
    const known = knownRules.get(id);
    if (known === undefined) {
      return [problem(['rules', id], `there is no rule \`${id}\`${didYouMean(id, [...knownRules.keys()])}`)];
    }
    const given = isRecord(setting) && isRecord(setting['parameters']) ? setting['parameters'] : {};
    return Object.entries(given).flatMap(([name, value]) => {
      const pointer = ['rules', id, 'parameters', name];
      const parameter = known.get(name);
      if (parameter === undefined) {
        const none = known.size === 0 ? '; it has none' : didYouMean(name, [...known.keys()]);
        return [problem(pointer, `rule \`${id}\` has no parameter \`${name}\`${none}`)];
      }
      const complaint = parameterProblem(parameter, value);
      return complaint === null
        ? []
        : [problem(pointer, `parameter \`${name}\` of rule \`${id}\`: ${complaint}`)];
    });
  });
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
    ...Object.values(file.rules ?? {}).flatMap((one) => (typeof one === 'string' ? [] : (one.exclude ?? []))),
  ];
  return all.flatMap((glob) => {
    const message = globProblem(glob);
    return message === null ? [] : [{ path, line: null, message }];
  });
}
