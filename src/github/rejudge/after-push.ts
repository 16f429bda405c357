import { branchName } from '../../alerts/undo.ts';
import { ORGANISATION_PATHS } from '../../engine/organisation-file.ts';
import type { Repository } from '../../git/repository.ts';
import type { Ledger } from '../../store/ledger.ts';
import type { JobContext } from '../dependencies.ts';
import type { JudgePushJob, RepositoryRef } from '../job.ts';
import { isOrganisationRepository } from '../outside-policies.ts';
import { rejudgeInstallationJob, rejudgeJob } from './rejudge-job.ts';

/** A branch has another policy: whatever is to be merged into it was judged under an older one. */
export async function rejudgeBranch(context: JobContext, job: JudgePushJob): Promise<void> {
  const delivery = `${job.delivery}/rejudge`;
  await context.environment.enqueue(rejudgeJob(job, branchName(job.ref), delivery));
}

/** A push can change what other repositories are judged by: the organisation's file, or one that policies extend. */
export async function rejudgeOthers(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
  missing: readonly string[],
): Promise<void> {
  const { ledger } = context.environment;
  const isOrganisation = isOrganisationRepository(job.repository);
  const changes = isOrganisation
    ? await changesOrganisation(job, repository, missing)
    : (await ledger.mark(extendedMark(job.repository))) !== null;
  if (!changes) return;
  if (isOrganisation) await ledger.setMark(organisationMark(job.repository.owner), job.delivery);
  const delivery = `${job.delivery}/rejudge-installation`;
  await context.environment.enqueue(rejudgeInstallationJob(job.installationId, delivery));
}

/** Remembers whose pushes have other repositories judged again. */
export function rememberExtended(ledger: Ledger): (repository: Named) => Promise<void> {
  const remembered = new Set<string>();
  return async (repository) => {
    const mark = extendedMark(repository);
    if (remembered.has(mark)) return;
    await ledger.setMark(mark, 'yes');
    remembered.add(mark);
  };
}

/** Which push changed an owner's file last; see `OutsideOptions.latestChange`. */
export function latestChange(ledger: Ledger): (owner: string) => Promise<string | null> {
  return (owner) => ledger.mark(organisationMark(owner));
}

/** The mark of an owner whose file was changed by a push. */
function organisationMark(owner: string): string {
  return `organisation/${owner}`.toLowerCase();
}

type Named = Pick<RepositoryRef, 'owner' | 'name'>;

/** The mark of a repository that holds policies which others extend. */
function extendedMark({ owner, name }: Named): string {
  return `extended/${owner}/${name}`.toLowerCase();
}

/** Where one side cannot be read, it is taken for changed: to look once too often does no harm. */
async function changesOrganisation(
  job: JudgePushJob,
  repository: Repository,
  missing: readonly string[],
): Promise<boolean> {
  if (branchName(job.ref) !== job.repository.defaultBranch) return false;
  if (job.created || job.deleted || missing.length > 0) return true;
  const [before, after] = [await repository.tree(job.before), await repository.tree(job.after)];
  return ORGANISATION_PATHS.some((path) => before.get(path)?.oid !== after.get(path)?.oid);
}
