import { blockingFindings } from '../../engine/report.ts';
import { mayBeWaived } from '../../engine/waiver-policy.ts';
import { code } from '../../report/markdown.ts';
import { placeOf } from '../../report/plain.ts';
import { firstVerdictAt } from '../api/check-runs.ts';
import { addToConversation, listConversation } from '../api/conversation.ts';
import { getPullRequest, type PullRequest } from '../api/pull-requests.ts';
import type { JobContext } from '../dependencies.ts';
import type { RequestWaiverJob } from '../job.ts';
import { factsOf } from '../record.ts';
import { ownersOfHead } from '../remote.ts';
import { hasOwn } from './answer.ts';
import { describeApprovers } from './approver.ts';
import { withScene, type Scene } from './job-scene.ts';

/** Findings that the comment names; a waiver for more is hardly what somebody wants. */
const MAX_LISTED = 20;
/** How far our clock and GitHub's may be apart, in milliseconds. */
const CLOCK_SKEW = 3_600_000;

/** Tells people in the conversation how to let a head pass: once for each head, however often the button is pressed. */
export async function requestWaiver(context: JobContext, job: RequestWaiverJob): Promise<void> {
  const { pullRequests } = await ownersOfHead(context, job.headSha);
  for (const number of pullRequests) {
    const pull = await getPullRequest(context.api, number);
    if (pull.open && pull.headSha === job.headSha) await requestFor(context, job, pull);
  }
}

async function requestFor(
  context: JobContext,
  { headSha, requester }: RequestWaiverJob,
  pull: PullRequest,
): Promise<void> {
  const marker = `<!-- gitops-warden:waiver-request ${headSha} -->`;
  const botLogin = await context.environment.botLogin();
  // A conversation can be longer than what is read of it, and nobody asks about a head before its verdict.
  const shown = await firstVerdictAt(context.api, headSha, context.environment.appId);
  const since = shown === null ? null : new Date(shown - CLOCK_SKEW).toISOString();
  const isThere = async (): Promise<boolean> =>
    hasOwn(await listConversation(context.api, pull.number, since), botLogin, marker);
  if (await isThere()) return;
  const text = await withScene(context, pull, (scene) => describe(context, scene, requester));
  await addToConversation(context.api, pull.number, `${text}\n\n${marker}`, isThere);
}

async function describe(context: JobContext, scene: Scene, requester: string): Promise<string> {
  const policy = await scene.policy();
  const definitions = new Map(
    (await scene.rules()).rules.map(({ definition }) => [definition.id, definition]),
  );
  const blocking = blockingFindings((await scene.review()).report);
  const waivable = blocking.filter(({ ruleId }) =>
    mayBeWaived(policy, { id: ruleId, waivable: definitions.get(ruleId)?.waivable ?? true }),
  );
  await context.environment.audit(
    waivable.slice(0, MAX_LISTED).map(({ ruleId, fingerprint }) => ({
      action: 'waiver-requested',
      ...factsOf(context),
      actor: requester,
      subject: `pull/${String(scene.pull.number)}`,
      reason: null,
      detail: { ruleId, fingerprint, until: null },
    })),
  );
  if (waivable.length === 0) {
    return `${code(requester)} asks for a waiver, and none is possible: ${blocking.length === 0 ? 'no finding blocks this pull request' : 'findings of the rules that block it cannot be waived here'}.`;
  }
  const commands = waivable
    .slice(0, MAX_LISTED)
    .map(
      (finding) =>
        `- ${code(placeOf(finding))} ${code(finding.ruleId)}: ${code(`/warden waive ${finding.fingerprint.slice(0, 12)} because …`)}`,
    );
  const more = waivable.length - commands.length;
  return [
    `${code(requester)} asks for a waiver. It can be given by ${policy.approvers.map(describeApprovers).join('; they must also be among: ')}, and by nobody who wrote part of this pull request.`,
    'To let a finding pass, write its line as a comment, with the reason at its end:',
    [
      ...commands,
      ...(more > 0
        ? [`- and ${String(more)} more; ${code('/warden waive RULE because …')} takes all of a rule`]
        : []),
    ].join('\n'),
    ...(waivable.length < blocking.length ? ['The other findings that block cannot be waived here.'] : []),
  ].join('\n\n');
}
