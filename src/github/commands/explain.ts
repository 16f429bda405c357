import { didYouMean } from '../../engine/document-schema.ts';
import type { RuleSet } from '../../pipeline/rule-set.ts';
import { code, link, renderMessage, truncate } from '../../report/markdown.ts';
import { accepted, refused, type Outcome } from './answer.ts';

const MAX_WHY = 3_000;

/** What a rule wants, why, and how to mend what it finds. */
export async function explain(rules: RuleSet, id: string): Promise<Outcome> {
  const definition = rules.rules.find((rule) => rule.definition.id === id)?.definition;
  if (definition === undefined) {
    const near = didYouMean(
      id,
      rules.rules.map((rule) => rule.definition.id),
    );
    return refused(`There is no rule ${code(id)}${near === '' ? '.' : near}`);
  }
  const why = sectionOf((await rules.pageOf(id)) ?? '', 'Why');
  const page = rules.urlOf(id);
  return accepted(
    [
      `**${code(id)}** ${renderMessage(definition.summary)}`,
      ...(why === null ? [] : [why]),
      `What to do: ${renderMessage(definition.remediation)}`,
      ...(definition.waivable ? [] : ['Its findings cannot be waived.']),
      ...(page === null ? [] : [`More on ${link('its page', page)}.`]),
    ].join('\n\n'),
  );
}

/** A section of a rule's page, which comes with gitops-warden or from its operator. */
function sectionOf(page: string, title: string): string | null {
  const found = new RegExp(`^## ${title}\\n+([\\s\\S]*?)(?=\\n## |$(?![\\s\\S]))`, 'm')
    .exec(page)?.[1]
    ?.trim();
  return found === undefined || found === '' ? null : truncate(found, MAX_WHY);
}
