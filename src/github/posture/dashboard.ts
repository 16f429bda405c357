import { markerLine } from '../../report/plain.ts';
import { createHash } from 'node:crypto';
import type { OwnIssue } from '../../alerts/github-issue.ts';
import { APP_ACTOR } from '../../store/audit-trail.ts';
import type { ControlState, Posture } from '../../posture/control.ts';
import { judgePosture } from '../../posture/judge.ts';
import { renderPosture } from '../../posture/render.ts';
import { createIssuePort } from '../api/issues.ts';
import type { JobContext } from '../dependencies.ts';
import { factsOf } from '../record.ts';
import { fetchRefs } from '../remote.ts';
import { collectPosture } from './collect.ts';

const LABEL = 'gitops-warden';
/** The last line of the issue about settings. */
export const POSTURE_MARKER = '<!-- gitops-warden:posture -->';
const TITLE = 'Settings that guard this repository';
const FOOTER =
  'Merges that somebody let past a ruleset stand under *Settings*, *Rules*, *Insights*: GitHub shows them to no App that may only read. ' +
  'gitops-warden keeps this issue up to date and closes it when there is nothing left to change. Close it as *not planned*, and it stays closed. `posture` in `.github/gitops-warden.yml` accepts single settings, with a reason, or switches this issue off.';

type IssueText = Pick<OwnIssue, 'title' | 'body'>;

/** Looks at the settings of a repository, and keeps the issue about them up to date. */
export async function lookAtPosture(context: JobContext): Promise<void> {
  const { environment, repository, api } = context;
  const { dashboard, accept } = await policyOf(context);
  if (dashboard === 'never' || (dashboard === 'private' && !repository.isPrivate)) return;
  const facts = await collectPosture({
    octokit: api.octokit,
    owner: repository.owner,
    repo: repository.name,
    appId: environment.appId,
  });
  const posture = judgePosture(facts, accept);
  context.signal.throwIfAborted();
  const done = await keepIssue(context, posture);
  if (done === null) return;
  await environment.audit([
    {
      action: 'posture',
      actor: APP_ACTOR,
      ...factsOf(context),
      subject: `refs/heads/${facts.branch}`,
      reason: null,
      detail: { issue: done, weak: idsOf(posture, 'weak'), unread: idsOf(posture, 'unread') },
    },
  ]);
}

async function policyOf(context: JobContext) {
  const main = `refs/heads/${context.repository.defaultBranch}`;
  const repository = await fetchRefs(context, [main]);
  try {
    const revision = await repository.resolve(main);
    return (await context.environment.policyAt(repository, revision)).policy.posture;
  } finally {
    repository.close();
  }
}

type Done = 'opened' | 'updated' | 'closed' | 'reopened';

/** What was done to the issue; null when it says already what there is to say. */
async function keepIssue(context: JobContext, posture: Posture): Promise<Done | null> {
  const port = createIssuePort(context.api, await context.environment.botLogin());
  const find = async (): Promise<OwnIssue | null> =>
    (await port.list(LABEL)).find(({ body }) => markerLine(body) === POSTURE_MARKER) ?? null;
  const wanted = textOf(posture);
  const isWeak = idsOf(posture, 'weak').length > 0;
  const standing = await find();
  if (standing === null) {
    if (!isWeak) return null;
    await port.create({ ...wanted, labels: [LABEL] }, find);
    return 'opened';
  }
  const open = isWeak && !standing.notPlanned;
  if (standing.open === open && isSame(standing, wanted)) return null;
  // An issue that a person closed says so and no more.
  if (standing.notPlanned && !standing.open) return null;
  await port.update(standing.number, { ...wanted, closed: !open });
  if (standing.open === open) return 'updated';
  return open ? 'reopened' : 'closed';
}

function textOf(posture: Posture): IssueText {
  const text = `${renderPosture(posture)}\n\n${FOOTER}`;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { title: TITLE, body: `${text}\n\n<!-- ${digest} -->\n${POSTURE_MARKER}` };
}

/** GitHub may give a text back with other line ends, so the digest is compared that we left in it. */
function isSame(standing: IssueText, wanted: IssueText): boolean {
  const digestOf = ({ body }: IssueText): string | undefined => /<!-- ([0-9a-f]{16}) -->/.exec(body)?.[1];
  return standing.title === wanted.title && digestOf(standing) === digestOf(wanted);
}

function idsOf({ controls }: Posture, state: ControlState): string[] {
  return controls.filter((one) => one.state === state).map(({ id }) => id);
}
