import { code, escapeMarkdown, renderMessage } from '../report/markdown.ts';
import type { ProtectionSource, WeakenedProtectionAlert } from './alert.ts';
import type { Incident } from './incident.ts';
import { playbookOf } from './playbook.ts';
import { renderSteps } from './render-steps.ts';
import { titleOf } from './words.ts';

const MAX_WEAKENINGS = 40;

const RULE_NOUNS: Readonly<Record<ProtectionSource, string>> = {
  'branch-protection': 'branch protection rule',
  ruleset: 'ruleset',
  'organisation-ruleset': 'ruleset of the organisation',
};

/** The title of the alert, and its text as GitHub Markdown. */
export function renderProtection(incident: Incident): { title: string; body: string } {
  const alerts = incident.alerts.filter(
    (alert): alert is WeakenedProtectionAlert => alert.kind === 'weakened-protection',
  );
  const body = [
    ...alerts.map(section),
    'Whoever may push or merge can now put something on the branch that these rules kept out. What stands there is deployed.',
    ...(alerts[0]?.source === 'organisation-ruleset'
      ? ['The ruleset holds for several repositories; this is told here once for all of them.']
      : []),
    renderSteps(playbookOf(incident)),
  ].join('\n\n');
  return { title: titleOf(incident), body };
}

function section(alert: WeakenedProtectionAlert): string {
  const lines = alert.weakenings
    .slice(0, MAX_WEAKENINGS)
    .map(({ what, means }) => `- ${renderMessage(what)} ${renderMessage(means)}`);
  const left = alert.weakenings.length - lines.length;
  if (left > 0) lines.push(`- … and ${String(left)} more`);
  for (const note of alert.notChecked) lines.push(`- **Not checked:** ${escapeMarkdown(note)}`);
  return `${code(alert.actor)} ${alert.change} the ${RULE_NOUNS[alert.source]} ${code(alert.ruleName)}, and it protects less than before:\n\n${lines.join('\n')}`;
}
