import { settingOf, type PlacedDifference, type PolicyEffect } from '../engine/policy-difference.ts';
import { plural } from './plain.ts';

export const POLICY_TITLE = 'What this policy change does';
export const POLICY_COLUMNS = ['Effect', 'Setting', 'Before', 'After', 'What follows'] as const;

const EFFECTS: Readonly<Record<PolicyEffect, string>> = {
  weaker: 'weaker',
  stricter: 'stricter',
  other: 'different',
};

/** How many settings become what, as a sentence. */
export function policyIntro(changes: readonly PlacedDifference[]): string {
  const counted = (['weaker', 'stricter', 'other'] as const).flatMap((effect) => {
    const count = changes.filter((one) => one.effect === effect).length;
    return count === 0 ? [] : [`${plural(count, 'setting')} ${EFFECTS[effect]}`];
  });
  return `${counted.join(', ')}. It counts for everybody once this is merged; this change itself is judged under the old policy.`;
}

/** The settings, one a row, the weaker ones first: cells with names in backquotes. */
export function policyRows(changes: readonly PlacedDifference[]): (readonly string[])[] {
  const order: readonly PolicyEffect[] = ['weaker', 'other', 'stricter'];
  return order.flatMap((effect) =>
    changes
      .filter((one) => one.effect === effect)
      .map((one) => [EFFECTS[effect], name(settingOf(one)), value(one.before), value(one.after), one.says]),
  );
}

function value(text: string | null): string {
  return text === null ? 'nothing' : name(text);
}

function name(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}
