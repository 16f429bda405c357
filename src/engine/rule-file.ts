import { lazyValidator, readDocument, type ReadResult } from './document-schema.ts';
import { SEVERITIES, type Severity } from './finding.ts';
import { PROFILES, type Profile } from './policy.ts';
import {
  CATEGORIES,
  SCOPES,
  TARGETS,
  type Category,
  type RuleDefinition,
  type Scope,
  type Target,
} from './rule.ts';
import { KIND_TEXT } from './kind-pattern.ts';
import { parameterProblem } from './parameters.ts';
import { compileSchema } from './schema-rule.ts';

/** `rule.yaml` as it is written. */
interface RuleFile {
  id: string;
  category?: Category;
  severity: Severity;
  profiles?: Partial<Record<Profile, Severity | 'off'>>;
  scope: Scope;
  summary: string;
  message: string;
  remediation: string;
  match?: { kinds?: string[]; paths?: string[]; environments?: string[] };
  target?: Target;
  schema?: object;
  replacement?: string;
  parameters?: Record<string, { description: string; schema: object; default: unknown }>;
  code?: true;
  history?: boolean;
  equivalents?: string[];
  yieldsTo?: string[];
  waivable?: boolean;
}

/** Where a repository keeps rules of its own, each in a folder with its name. */
export const REPOSITORY_RULES = '.github/gitops-warden/rules';

export function isRepositoryRule(path: string): boolean {
  const rest = path.startsWith(`${REPOSITORY_RULES}/`) ? path.slice(REPOSITORY_RULES.length + 1) : '';
  return /^[^/]+\/rule\.yaml$/.test(rest);
}

const LEVELS = [...SEVERITIES, 'off'];
const globs = { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true };

/** JSON Schema of `rule.yaml`; published as `schemas/rule.v1.json`. */
export const RULE_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'gitops-warden rule',
  description: 'One rule of gitops-warden: the file rule.yaml of a rule folder.',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'severity', 'scope', 'summary', 'message', 'remediation'],
  properties: {
    id: {
      type: 'string',
      pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
      examples: ['no-latest-tag'],
      description: 'Kebab-case; the name of the folder.',
    },
    category: {
      type: 'string',
      enum: [...CATEGORIES],
      description: 'What the rule is about; default manifests.',
    },
    severity: {
      type: 'string',
      enum: [...SEVERITIES],
      description: 'In the profile recommended. Only errors block.',
    },
    profiles: {
      type: 'object',
      description: 'The severity in other profiles, where it differs.',
      additionalProperties: false,
      properties: Object.fromEntries(PROFILES.map((profile) => [profile, { type: 'string', enum: LEVELS }])),
    },
    scope: { type: 'string', enum: [...SCOPES], description: 'What the rule looks at, one at a time.' },
    summary: { type: 'string', minLength: 1, description: 'One sentence: what the rule wants.' },
    message: {
      type: 'string',
      minLength: 1,
      description: 'What is wrong and why. Placeholders: {kind} {name} {container} {pointer} {key} {path}.',
    },
    remediation: {
      type: 'string',
      minLength: 1,
      description: 'The edit or command that mends it. Same placeholders.',
    },
    match: {
      type: 'object',
      description: 'To what the rule applies; each list that is absent matches everything.',
      additionalProperties: false,
      properties: {
        kinds: {
          type: 'array',
          description: 'group/version/Kind, * for any part; v1/Secret for the core group.',
          items: KIND_TEXT,
          uniqueItems: true,
        },
        paths: { ...globs, description: 'Globs over the path of the file.' },
        environments: { ...globs, description: 'Names of environments that the policy defines.' },
      },
    },
    target: {
      type: 'string',
      enum: [...TARGETS],
      description: 'What the schema is applied to; default object.',
    },
    schema: {
      type: 'object',
      description:
        'JSON Schema (draft 7) of what is allowed. Patterns are RE2. {$parameter: name} stands for a parameter.',
    },
    replacement: {
      type: 'string',
      minLength: 1,
      description:
        'What belongs in the place of the value that the schema refuses, where nothing else can be meant: offered as an edit.',
    },
    parameters: {
      type: 'object',
      description: 'What a policy may set of the rule, by name.',
      propertyNames: { pattern: '^[a-z][A-Za-z0-9]*$' },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['description', 'schema', 'default'],
        properties: {
          description: { type: 'string', minLength: 1, description: 'One sentence.' },
          schema: { type: 'object', description: 'JSON Schema of the values that are allowed.' },
          default: { description: 'The value when the policy sets none.' },
        },
      },
    },
    code: {
      const: true,
      type: 'boolean',
      description: 'The rule is written in TypeScript, in src/rules/<category>/<id>.ts.',
    },
    history: {
      type: 'boolean',
      description: 'Also judge file versions that only commits between base and head have.',
    },
    equivalents: {
      type: 'array',
      items: { type: 'string', pattern: '^[^:]+: .+$', examples: ['kube-linter: latest-tag'] },
      uniqueItems: true,
      description: 'Published checks of other tools that look for the same, as "tool: id".',
    },
    yieldsTo: {
      type: 'array',
      items: { type: 'string', pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' },
      uniqueItems: true,
      description: 'Rules whose finding at the same place, as severe or more, takes the place of this one.',
    },
    waivable: {
      type: 'boolean',
      description: 'Whether its findings may be waived; default true. A policy can forbid it too.',
    },
  },
} as const;

const validator = lazyValidator(RULE_SCHEMA);

/**
 * Reads a `rule.yaml`, naming every problem with its line. A schema that does not compile is a problem too.
 *
 * @param trusted it is valid and its schemas compile, as tests have shown: each waits until it is needed
 */
export function readRuleFile(path: string, text: string, trusted = false): ReadResult<RuleDefinition> {
  const read = readDocument<RuleFile>(path, text, trusted ? null : validator);
  if (read.value === null) return read;
  const file = read.value;
  const refuse = (message: string): ReadResult<RuleDefinition> => ({
    value: null,
    problems: [{ path, line: null, message }],
  });

  if ((file.schema === undefined) === (file.code === undefined)) {
    return refuse('needs either `schema` or `code: true`');
  }
  if (file.schema !== undefined && file.scope !== 'manifest')
    return refuse('`schema` needs `scope: manifest`');
  const parameters = new Map(Object.entries(file.parameters ?? {}));
  for (const [name, parameter] of trusted ? [] : parameters) {
    const complaint = parameterProblem(parameter, parameter.default);
    if (complaint !== null) return refuse(`parameter \`${name}\`: ${complaint}`);
  }
  if (file.schema !== undefined && !trusted) {
    try {
      compileSchema(
        file.schema,
        Object.fromEntries([...parameters].map(([name, one]) => [name, one.default])),
        'unchecked',
      );
    } catch (error) {
      return refuse(`\`schema\` is not a usable JSON Schema: ${(error as Error).message}`);
    }
  }
  return {
    value: {
      id: file.id,
      category: file.category ?? 'manifests',
      severity: file.severity,
      profiles: new Map(Object.entries(file.profiles ?? {}) as [Profile, Severity | 'off'][]),
      scope: file.scope,
      summary: file.summary,
      message: file.message.trim(),
      remediation: file.remediation.trim(),
      match: {
        kinds: file.match?.kinds ?? [],
        paths: file.match?.paths ?? [],
        environments: file.match?.environments ?? [],
      },
      target: file.target ?? 'object',
      schema: file.schema ?? null,
      replacement: file.replacement ?? null,
      parameters,
      history: file.history ?? false,
      equivalents: file.equivalents ?? [],
      yieldsTo: file.yieldsTo ?? [],
      waivable: file.waivable ?? true,
    },
    problems: [],
  };
}

/** Why a rule that does not come with gitops-warden cannot be used where it stands, as a clause; null when it can. */
export function ruleComplaint(definition: RuleDefinition, folder: string): string | null {
  if (definition.id !== folder) return `the folder of rule \`${definition.id}\` must have its name`;
  if (definition.schema !== null) return null;
  return '`code: true` is for rules that come with gitops-warden; write a schema';
}
