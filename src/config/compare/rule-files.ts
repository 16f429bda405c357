import { SEVERITIES } from '../../engine/finding.ts';
import type { PolicyDifference } from '../../engine/policy-difference.ts';
import type { Definitions } from './rules.ts';
import { difference, isSame, ordered } from './difference.ts';

/** Weakest first. */
const LEVELS = [...SEVERITIES].reverse();

/** How the rules differ that a repository brings itself. */
export function compareRuleFiles(before: Definitions, after: Definitions): PolicyDifference[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return ids.flatMap((id) => {
    const [was, is] = [before.get(id), after.get(id)];
    const pointer = ['rule', id];
    if (was === undefined) return [difference(pointer, [null, 'new'], 'stricter', 'There is a new rule.')];
    if (is === undefined)
      return [difference(pointer, ['a rule', null], 'weaker', 'The rule is gone, and nothing judges by it.')];
    const level = ordered([...pointer, 'severity'], was.severity, is.severity, LEVELS, {
      weaker: 'What this rule finds counts for less.',
      stricter: 'What this rule finds counts for more.',
    });
    const rest = isSame(plain({ ...was, severity: null }), plain({ ...is, severity: null }));
    return rest
      ? level
      : [
          ...level,
          difference(
            pointer,
            ['as it was', 'edited'],
            'other',
            'What the rule allows, or looks at, is another.',
          ),
        ];
  });
}

function plain(definition: object): string {
  return JSON.stringify(definition, (_key, value: unknown) =>
    value instanceof Map ? [...(value as Map<string, unknown>)] : value,
  );
}
