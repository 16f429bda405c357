import { readMarker } from '../../report/comment.ts';
import type { AuditDetails } from '../../store/audit-entry.ts';
import { getDiffComment } from '../api/conversation.ts';
import { getRole } from '../api/people.ts';
import { getPullRequest, type PullRequest } from '../api/pull-requests.ts';
import type { JobContext } from '../dependencies.ts';
import type { CommandJob } from '../job.ts';
import { factsOf } from '../record.ts';
import { reviewJob } from '../review-job.ts';
import { answer, accepted, HELP, isAnswered, refused, type Outcome } from './answer.ts';
import { explain } from './explain.ts';
import { withScene, type Scene } from './job-scene.ts';
import type { Command } from './parse.ts';
import type { Asker } from './rights.ts';
import { unwaive } from './unwaive.ts';
import { waive } from './waive.ts';

/** Of GitHub's words for what somebody is to a repository: those who belong to it. */
const INSIDERS: ReadonlySet<string> = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

/** Carries out the commands of a comment, and answers it once, last of all: an answer says that all else is done. */
export async function runCommands(context: JobContext, job: CommandJob): Promise<void> {
  if (await isAnswered(context, job.number, job.comment)) {
    context.log.info('The comment has its answer');
    return;
  }
  const pull = await getPullRequest(context.api, job.number);
  const outcomes = await withScene(context, pull, async (scene) => {
    const done: Outcome[] = [];
    for (const command of job.commands) {
      const outcome = await run(context, scene, job, command);
      await record(context, job, command, outcome);
      done.push(outcome);
    }
    return done;
  });
  const again = job.commands.some(
    ({ name }, index) => ['waive', 'unwaive', 'recheck'].includes(name) && outcomes[index]?.accepted === true,
  );
  if (again) await context.environment.ledger.unjudged(context.repository.id, pull.headSha);
  // What an attempt took back that got no further is found by no other one, but by the next review.
  if (again || job.commands.some(({ name }) => name === 'unwaive')) await review(context, job, pull);
  const surplus =
    job.surplus === 0
      ? []
      : [
          refused(
            `One comment can hold ${String(job.commands.length)} commands; ${String(job.surplus)} more were left out.`,
          ),
        ];
  await answer(context, job.number, job.comment, [...outcomes, ...surplus]);
}

async function run(context: JobContext, scene: Scene, job: CommandJob, command: Command): Promise<Outcome> {
  switch (command.name) {
    case 'help':
      return accepted(HELP);
    case 'unknown':
      return refused(`${command.problem}\n\n${HELP}`);
    case 'explain':
      return explain(await scene.rules(), command.rule);
    case 'recheck':
    case 'waive':
    case 'unwaive':
      if (!scene.pull.open) return refused('The pull request is closed.');
  }
  if (command.name === 'recheck') {
    return (await mayRecheck(context, scene, job))
      ? accepted(null)
      : refused(
          'The author of the pull request and people who belong to the repository may ask for another look.',
        );
  }
  const target = command.target ?? (await targetOfThread(context, job));
  if (target === null) {
    return refused(
      `Say what: the name of a rule, or a fingerprint. Only in the thread of a finding it is clear by itself.\n\n${HELP}`,
    );
  }
  const { author, createdAt, place, id } = job.comment;
  const asker: Asker = { login: author, at: Date.parse(createdAt), comment: `${place}/${String(id)}` };
  return command.name === 'waive'
    ? waive(context, scene, asker, { ...command, target })
    : unwaive(context, scene, asker, { ...command, target });
}

/** GitHub calls members nothing of the sort whose membership is private, so the role decides then. */
async function mayRecheck({ api }: JobContext, { pull }: Scene, { comment }: CommandJob): Promise<boolean> {
  const { author, association } = comment;
  if (INSIDERS.has(association) || pull.author.toLowerCase() === author.toLowerCase()) return true;
  return (await getRole(api, author)).write;
}

/** The fingerprint in the comment of ours that began the thread; null when it is none of ours. */
async function targetOfThread(context: JobContext, { comment }: CommandJob): Promise<string | null> {
  if (comment.thread === null) return null;
  const root = await getDiffComment(context.api, comment.thread);
  return root.author === (await context.environment.botLogin()) ? readMarker(root.body) : null;
}

/** Has the pull request reviewed; a verdict that still counts is left alone. */
async function review(context: JobContext, job: CommandJob, pull: PullRequest): Promise<void> {
  await context.environment.enqueue(
    reviewJob(
      job,
      { number: pull.number, headSha: pull.headSha },
      `${job.delivery}/pull/${String(pull.number)}`,
    ),
  );
}

async function record(
  context: JobContext,
  job: CommandJob,
  command: Command,
  outcome: Outcome,
): Promise<void> {
  await context.environment.audit([
    {
      action: 'command',
      ...factsOf(context),
      actor: job.comment.author,
      subject: `pull/${String(job.number)}`,
      reason: command.name === 'waive' ? command.reason : null,
      detail: { command: command.name, arguments: argumentsOf(command), accepted: outcome.accepted },
    },
  ]);
}

function argumentsOf(command: Command): AuditDetails['command']['arguments'] {
  switch (command.name) {
    case 'waive':
      return [command.target, command.path, command.until].flatMap((one) => one ?? []);
    case 'unwaive':
      return [command.target, command.path].flatMap((one) => one ?? []);
    case 'explain':
      return [command.rule];
    default:
      return [];
  }
}
