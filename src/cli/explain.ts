import { levelOf } from '../engine/active-rules.ts';
import { DEFAULT_POLICY } from '../config/policy.ts';
import { PROFILES } from '../engine/policy.ts';
import type { RuleSet } from '../pipeline/rule-set.ts';
import { UsageError } from './exit.ts';

/** The page of a rule, as it stands in its folder. */
export async function explainRule(rules: RuleSet, id: string): Promise<string> {
  const rule = rules.rules.find((one) => one.definition.id === id);
  if (rule === undefined) {
    throw new UsageError(`There is no rule ${JSON.stringify(id)}. \`gitops-warden rules\` lists them all.`);
  }
  const { summary, message, remediation } = rule.definition;
  return (await rules.pageOf(id)) ?? `# ${id}\n\n${summary}\n\n${message}\n\n${remediation}\n`;
}

/** The catalogue, one line a rule. */
export function listRules(rules: RuleSet): string {
  const width = Math.max(...rules.rules.map((rule) => rule.definition.id.length));
  return rules.rules
    .map(
      ({ definition }) =>
        `${definition.id.padEnd(width)}  ${definition.severity.padEnd(7)}  ${definition.summary}`,
    )
    .join('\n');
}

/** The catalogue for programs. */
export function rulesAsJson(rules: RuleSet): string {
  const catalogue = rules.rules.map(({ definition }) => ({
    id: definition.id,
    scope: definition.scope,
    summary: definition.summary,
    severity: Object.fromEntries(
      PROFILES.map((profile) => [profile, levelOf(definition, { ...DEFAULT_POLICY, profile })]),
    ),
    kinds: definition.match.kinds,
    paths: definition.match.paths,
    environments: definition.match.environments,
    history: definition.history,
    url: rules.urlOf(definition.id),
  }));
  return JSON.stringify({ version: 1, rules: catalogue }, null, 2);
}
