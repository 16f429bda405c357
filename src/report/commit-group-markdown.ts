import { shortSha } from '../engine/change.ts';
import { signatureText, type CommitGroup, type Mending } from './commit-groups.ts';
import { code, escapeMarkdown, link, renderMessage, truncate } from './markdown.ts';
import { SEVERITY_NAMES, visible } from './plain.ts';

/** The table of commits lists them all. */
const MAX_COMMITS = 30;
const MAX_TEXT = 500;

/** A group of commits as one item of a list, with its commits and commands below it. */
export function renderCommitGroup(
  group: CommitGroup,
  { withSeverity = false }: { readonly withSeverity?: boolean } = {},
): string {
  const { ruleId, severity, url, commits, headline, mending } = group;
  const prefix = withSeverity ? `**${SEVERITY_NAMES[severity]}** ` : '';
  const shown = commits.slice(0, MAX_COMMITS).map((commit) => {
    const subject = escapeMarkdown(truncate(visible(commit.subject), MAX_TEXT));
    return `  - ${code(shortSha(commit.sha))} ${subject}: ${renderMessage(truncate(signatureText(commit), MAX_TEXT))}`;
  });
  const more = commits.length - shown.length;
  return [
    `- ${prefix}${escapeMarkdown(headline)} (${link(code(visible(ruleId)), url)})`,
    ...shown,
    ...(more > 0 ? [`  - and ${more} more`] : []),
    ...(mending === null ? [] : mendingLines(mending)),
  ].join('\n');
}

function mendingLines({ advice, ssh, openpgp, commands, page }: Mending): string[] {
  const block = (lines: readonly string[]): string[] => [
    '  ```sh',
    ...lines.map((line) => `  ${line}`),
    '  ```',
  ];
  return [
    ...advice.flatMap((sentence) => ['', `  ${renderMessage(sentence)}`]),
    '',
    '  Sign them anew:',
    '',
    ...block([
      '# with an SSH key',
      ...ssh,
      '# or with an OpenPGP key',
      ...openpgp.map((line) => `# ${line}`),
      ...commands,
    ]),
    '',
    `  ${link('How to set up signing', page)}`,
  ];
}
