import { isRecord } from '../manifests/manifest.ts';
import type { Pointer } from '../manifests/position.ts';
import type { YamlDocument } from '../manifests/yaml-document.ts';
import { didYouMean } from './document-schema.ts';
import { DEFAULT_ENVIRONMENT_NAMES } from './environments.ts';
import { KIND_TEXT } from './kind-pattern.ts';
import { parameterProblem } from './parameters.ts';
import type { PolicyFile } from './policy-file.ts';
import { globs, level } from './policy-schema-parts.ts';
import type { ConfigProblem, Level } from './policy.ts';
import type { KnownRules } from './rule.ts';

/** What a policy says of one rule, as it is written. */
export interface RuleSection {
  severity?: Level;
  exclude?: string[];
  parameters?: Record<string, unknown>;
  overrides?: {
    paths?: string[];
    environments?: string[];
    kinds?: string[];
    namespaces?: string[];
    severity: Level;
  }[];
}

/** JSON Schema of the section `rules`. */
export const RULES_SCHEMA = {
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
        overrides: {
          type: 'array',
          description: 'Other levels for parts of what the rule looks at; the first that matches counts.',
          maxItems: 200,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['severity'],
            minProperties: 2,
            properties: {
              paths: globs('Globs over the path of the file.'),
              environments: {
                type: 'array',
                description: 'Names of environments.',
                items: { type: 'string', minLength: 1, maxLength: 200 },
                maxItems: 100,
              },
              kinds: {
                type: 'array',
                description: 'group/version/Kind, * for any part; v1/Secret for the core group.',
                items: KIND_TEXT,
                maxItems: 500,
              },
              namespaces: globs('Globs over the namespace of the object, as it is written.'),
              severity: { ...level, description: 'The level there.' },
            },
          },
        },
      },
    },
  },
};

/** Settings for rules and parameters that do not exist: they would look enforced, and not be. */
export function ruleProblems(
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

/** Overrides for environments that do not exist: they would never apply. */
export function environmentProblems(
  path: string,
  { rules = {}, environments }: Pick<PolicyFile, 'rules' | 'environments'>,
  document: YamlDocument | undefined,
): ConfigProblem[] {
  const known = environments === undefined ? DEFAULT_ENVIRONMENT_NAMES : Object.keys(environments);
  return Object.entries(rules).flatMap(([id, setting]) =>
    (typeof setting === 'string' ? [] : (setting.overrides ?? [])).flatMap((override, index) =>
      (override.environments ?? []).flatMap((name, at) => {
        if ((known as readonly string[]).includes(name)) return [];
        const pointer = ['rules', id, 'overrides', String(index), 'environments', String(at)];
        const line = document?.rangeOf(pointer).start.line ?? null;
        return [{ path, line, message: `there is no environment \`${name}\`${didYouMean(name, known)}` }];
      }),
    ),
  );
}
