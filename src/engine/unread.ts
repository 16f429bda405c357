import { shortSha, type NotChecked } from './change.ts';
import type { RawFinding } from './judge.ts';
import type { OpenedFile } from './judged-file.ts';
import type { JudgedFile } from './rule.ts';

/** What of a file could not be read, unless a rule already said so. */
export function unreadIn(
  opened: OpenedFile,
  findings: readonly RawFinding[],
  commit: string | null,
): NotChecked[] {
  const { path } = opened.file;
  if (opened.file.template) {
    const reason = 'is a template: only what stands beside its actions was judged';
    return commit === null ? [{ path, reason, blocks: false }] : [];
  }
  if (opened.unreadable !== null) {
    const where = commit === null ? '' : ` (in commit ${shortSha(commit)})`;
    return [{ path, reason: `could not be parsed: ${opened.unreadable}${where}`, blocks: true }];
  }
  const broken = opened.file.yaml?.problems[0];
  const isNews = broken !== undefined && findings.length === 0 && commit === null;
  return isNews && looksDeployed(opened.file)
    ? [{ path, reason: `could not be parsed: ${broken.message}`, blocks: true }]
    : [];
}

/** JSON that is no manifest (a configuration with comments, say) may be as broken as it likes. */
function looksDeployed(file: JudgedFile): boolean {
  if (!/\.json$/i.test(file.path)) return true;
  return file.text !== null && file.text.includes('"kind"') && file.text.includes('"apiVersion"');
}
