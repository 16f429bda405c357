import type { UnsignedTagAlert } from '../alerts/alert.ts';
import type { Signature } from '../engine/change.ts';
import { compileGlobs } from '../engine/globs.ts';
import { GitError } from '../git/git-error.ts';
import type { Repository } from '../git/repository.ts';
import type { PolicyAt } from '../pipeline/review-repository.ts';
import { isTagAccepted, tagName, verifyTagAt } from '../pipeline/verify-tag.ts';
import type { Evidence } from '../signatures/evidence.ts';
import { tagVerification } from './api/tags.ts';
import type { JobContext } from './dependencies.ts';
import type { JudgeTagJob } from './job.ts';
import { alertRepository } from './alert-repository.ts';
import { close, openIncidents, raiseAlert } from './incidents.ts';
import { fetchObject, fetchRefs } from './remote.ts';
import { notYet, verdictOf } from './verification.ts';

/**
 * Verifies a tag that the policy of the default branch wants signed, and raises an alert when it is not as it has to be.
 */
export async function judgeTag(context: JobContext, job: JudgeTagJob): Promise<void> {
  const main = `refs/heads/${context.repository.defaultBranch}`;
  const name = tagName(job.ref);
  const decides = await inside(fetchRefs(context, [main]), async (repository) => {
    const decides = await context.environment.policyAt(repository, await repository.resolve(main));
    return compileGlobs(decides.policy.signatures.tags)(name) ? decides : null;
  });
  if (decides === null) return;
  const signature = await inside(fetchObject(context, job.after), (repository) =>
    verifyPushed(context, job, repository, decides),
  ).catch((error: unknown) => {
    if (!(error instanceof GitError) || error.kind !== 'not-found') throw error;
    return undefined;
  });
  if (signature === undefined) {
    context.log.info('The tag is gone: where it was moved to is judged by itself');
    return;
  }
  if (isTagAccepted(signature, decides.policy.signatures)) {
    for (const incident of await openIncidents(context, job.ref)) {
      await close(context, incident, { how: 'put-back', by: job.pusher });
    }
    return;
  }
  const incident = await raiseAlert(context, alertAbout(context, job, signature, decides), {
    guarded: false,
  });
  context.log.warn({ incident: incident.id, pusher: job.pusher }, 'Tag without a good signature');
}

async function inside<T>(
  fetched: Promise<Repository>,
  work: (repository: Repository) => Promise<T>,
): Promise<T> {
  const repository = await fetched;
  try {
    return await work(repository);
  } finally {
    repository.close();
  }
}

async function verifyPushed(
  context: JobContext,
  job: JudgeTagJob,
  repository: Repository,
  { policy, keyring }: PolicyAt,
): Promise<Signature | null> {
  const vouch = async (): Promise<Evidence['verdict']> => {
    const verdict = verdictOf(await tagVerification(context.api, job.after));
    if (verdict.state === 'unavailable' && !context.lastAttempt) throw notYet(`tag ${tagName(job.ref)}`);
    return verdict;
  };
  const options = { keyring, policy: policy.signatures, now: new Date(), name: job.ref, vouch };
  return verifyTagAt(repository, job.after, options);
}

function alertAbout(
  context: JobContext,
  { ref, before, after, created, pusher }: JudgeTagJob,
  signature: Signature | null,
  { policy }: PolicyAt,
): UnsignedTagAlert {
  const { require } = policy.signatures;
  return {
    kind: 'unsigned-tag',
    repository: alertRepository(context),
    ref,
    before,
    after,
    created,
    pusher,
    evidence: describe(signature),
    required: require === 'none' ? 'signed' : require,
  };
}

function describe(signature: Signature | null): string {
  if (signature === null) return 'It is no annotated tag, so it carries no signature.';
  const { state, signer, reason } = signature;
  const by = signer === null ? '' : ` by ${signer}`;
  return state === 'unsigned'
    ? 'It is not signed.'
    : `Its signature${by} is ${state}${reason === null ? '' : `: ${reason}`}.`;
}
