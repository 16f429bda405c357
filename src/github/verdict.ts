import type { Report } from '../engine/report.ts';
import { renderCheckRun } from '../report/check-run.ts';
import { escapeMarkdown, truncate } from '../report/markdown.ts';
import { encodePath } from '../report/plain.ts';
import { bindingOf } from './binding.ts';
import type { CheckResult } from './check-lifecycle.ts';
import type { JobContext } from './dependencies.ts';
import { describeUnposted } from './failure.ts';
import type { JudgedReport } from './record.ts';

/** GitHub's limit for a summary, in characters. */
const MAX_SUMMARY = 65_535;

export interface Publishing {
  /** Fingerprints that need no annotation, because a comment stands on their line. */
  readonly inline: ReadonlySet<string>;
  /** What was not verified, as sentences. */
  readonly notes: readonly string[];
  /** What readers should know beside, as sentences. */
  readonly remarks: readonly string[];
  /** What kept the comments from being posted; null when they stand. */
  readonly trouble: unknown;
  /** Comments follow when the pull request is ready for review. */
  readonly draft?: boolean;
}

/** The check run of one head: the worst of its verdicts. What could not be posted makes it fail. */
export function verdictResult(
  context: JobContext,
  judged: readonly JudgedReport[],
  { inline, notes, remarks, trouble, draft = false }: Publishing,
): CheckResult {
  const { environment, repository } = context;
  const head = judged[0]?.report.head ?? '';
  const repositoryUrl = `${environment.serverUrl}/${repository.owner}/${repository.name}`;
  const failed = judged.some(({ report }) => report.conclusion === 'failure');
  const unposted = trouble === null ? null : describeUnposted(trouble);
  const rendered = renderCheckRun(
    judged.map(({ report }) => report),
    {
      inline,
      blobUrl: (path, line) => blobUrl(repositoryUrl, head, path, line),
      remarks: [
        // The verdict first, unless this is what makes the check fail.
        ...(failed && unposted !== null ? [unposted.summary] : []),
        ...(judged.length > 1 ? [sharedNote(judged)] : []),
        ...(draft ? ['This is a draft: comments on its lines follow when it is ready for review.'] : []),
        ...notes.map((note) => `**Not checked:** ${escapeMarkdown(note)}`),
        ...remarks.map((remark) => escapeMarkdown(remark)),
      ],
    },
  );
  const lead = failed || unposted === null ? [] : [unposted.summary];
  return {
    conclusion: failed || trouble !== null ? 'failure' : 'success',
    externalId: bindingOf(judged.map(({ report }) => verdictOf(report))),
    output: {
      title: failed ? rendered.title : (unposted?.title ?? rendered.title),
      summary: truncate([...lead, rendered.summary].join('\n\n'), MAX_SUMMARY),
    },
    annotations: rendered.annotations,
    // A draft is looked at again when it is ready, whatever its verdict.
    final: trouble === null && notes.length === 0 && !draft,
    judged,
  };
}

function sharedNote(judged: readonly JudgedReport[]): string {
  const list = judged.map(({ number, report }) => `#${String(number)}: ${report.conclusion}`).join(', ');
  return `Several open pull requests have this head, and the worst verdict counts for all (${list}).`;
}

function verdictOf(report: Report): { base: string; head: string; policyHash: string } {
  return { base: report.base ?? '', head: report.head ?? '', policyHash: report.policy.hash };
}

function blobUrl(repositoryUrl: string, sha: string, path: string, line: number | null): string {
  return `${repositoryUrl}/blob/${sha}/${encodePath(path)}${line === null ? '' : `#L${String(line)}`}`;
}
