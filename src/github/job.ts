import type { Question } from './commands/answer.ts';
import type { Command } from './commands/parse.ts';
import type { Incident } from '../alerts/incident.ts';
import type { Notice } from '../alerts/notice.ts';
import type { ReceiverName } from '../alerts/receivers/receiver.ts';
import type { Json, JsonObject, NewJob } from '../store/job-store.ts';
import type { ProtectionChange } from './protection/protection-rule.ts';

export interface RepositoryRef {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
}

interface JobBase {
  /** Jobs with the same key run one after another. */
  readonly key: string;
  /** A newer job with the same key makes an older one pointless. */
  readonly supersedes: boolean;
  /** The webhook delivery that asked for it, or what stands for one. */
  readonly delivery: string;
}

interface RepositoryJobBase extends JobBase {
  readonly installationId: number;
  readonly repository: RepositoryRef;
}

export interface ReviewPullRequestJob extends RepositoryJobBase {
  readonly kind: 'review-pull-request';
  readonly number: number;
  /** The head when the event happened; the review asks for the current one. */
  readonly headSha: string;
  /** Nobody waits for it: everything else comes first. */
  readonly background?: boolean;
}

/** The policy of a branch, or of the whole repository, changed: verdicts under an older one count no longer. */
export interface RejudgeJob extends RepositoryJobBase {
  readonly kind: 'rejudge';
  /** Only pull requests for this branch; null: all. */
  readonly branch: string | null;
  /** Nobody knows of a change: what cannot be told from the verdict alone is left as it is. */
  readonly regular?: boolean;
}

/** Somebody asked for our check on this commit again. */
export interface RecheckJob extends RepositoryJobBase {
  readonly kind: 'recheck';
  readonly headSha: string;
}

export interface ReviewMergeGroupJob extends RepositoryJobBase {
  readonly kind: 'review-merge-group';
  readonly headSha: string;
  /** Full name of the queue's branch: `refs/heads/gh-readonly-queue/…`. */
  readonly headRef: string;
  readonly baseSha: string;
}

/** The account that GitHub names as the one that authenticated. */
export interface PushSender {
  readonly login: string;
  readonly id: number;
  /** `User`, `Bot` or `Organization`. */
  readonly type: string;
}

export interface JudgePushJob extends RepositoryJobBase {
  readonly kind: 'judge-push';
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly created: boolean;
  readonly deleted: boolean;
  readonly forced: boolean;
  readonly pusher: string;
  /** Not there in a job of an earlier version. */
  readonly sender?: PushSender | null;
}

/** A tag was made, or moved. */
export interface JudgeTagJob extends RepositoryJobBase {
  readonly kind: 'judge-tag';
  /** Full name: `refs/tags/v1`. */
  readonly ref: string;
  readonly before: string;
  /** The tag itself, or a commit when it is not an annotated one. */
  readonly after: string;
  readonly created: boolean;
  readonly pusher: string;
}

/** Looks at the settings that guard a repository. */
export interface LookAtPostureJob extends RepositoryJobBase {
  readonly kind: 'look-at-posture';
}

/** Somebody wrote commands in a comment. */
export interface CommandJob extends RepositoryJobBase {
  readonly kind: 'command';
  /** Of the pull request. */
  readonly number: number;
  readonly comment: Question & {
    readonly author: string;
    /** What the author is to the repository, in GitHub's words. */
    readonly association: string;
    /** The comment in the diff that began its thread; null outside of threads. */
    readonly thread: number | null;
  };
  readonly commands: readonly Command[];
  /** How many more commands the comment had than are carried out. */
  readonly surplus: number;
}

/** Somebody pressed the button that asks for a waiver. */
export interface RequestWaiverJob extends RepositoryJobBase {
  readonly kind: 'request-waiver';
  readonly headSha: string;
  readonly requester: string;
}

/** A rule of GitHub that protects branches was changed or removed. */
export interface JudgeProtectionJob extends RepositoryJobBase {
  readonly kind: 'judge-protection';
  readonly change: ProtectionChange;
  readonly actor: string;
}

/** Brings the issue of an incident up to date. */
export interface PublishAlertJob extends RepositoryJobBase {
  readonly kind: 'publish-alert';
  readonly incident: Incident;
  /** Whether GitHub guards the branch: then a push that cannot be told about gets a failed check. */
  readonly guarded: boolean;
}

/** Somebody closed, reopened or removed an issue that an App wrote and that is perhaps ours. */
export interface IssueChangedJob extends RepositoryJobBase {
  readonly kind: 'issue-changed';
  readonly number: number;
  /** The login of its author. */
  readonly author: string;
  /** The last line of its text when that is a marker of ours. */
  readonly marker: string | null;
  /** Who did it. */
  readonly actor: string;
}

/** Work on one repository. */
export type RepositoryJob =
  | ReviewPullRequestJob
  | RecheckJob
  | ReviewMergeGroupJob
  | JudgePushJob
  | JudgeTagJob
  | JudgeProtectionJob
  | PublishAlertJob
  | IssueChangedJob
  | LookAtPostureJob
  | RejudgeJob
  | CommandJob
  | RequestWaiverJob;

/** Tells one receiver about an incident. Where the receiver is comes from the settings, never from here. */
export interface DeliverAlertJob extends JobBase {
  readonly kind: 'deliver-alert';
  readonly installationId: number;
  readonly receiver: ReceiverName;
  readonly notice: Notice;
  /** It was told before and would forget: nothing to tell when the incident has gone on since. */
  readonly again?: boolean;
}

/** Asks GitHub to repeat deliveries that failed. */
export interface SweepDeliveriesJob extends JobBase {
  readonly kind: 'sweep-deliveries';
}

/** Gives each installation its own sweep. */
export interface SweepInstallationsJob extends JobBase {
  readonly kind: 'sweep-installations';
}

/** Looks for open pull requests without a verdict of ours. */
export interface SweepInstallationJob extends JobBase {
  readonly kind: 'sweep-installation';
  readonly installationId: number;
}

/** What counts for all repositories of an owner changed. */
export interface RejudgeInstallationJob extends JobBase {
  readonly kind: 'rejudge-installation';
  readonly installationId: number;
}

/** Finishes checks that nobody works on any more, forgets what is old, and keeps the mirrors within their bounds. */
export interface HousekeepingJob extends JobBase {
  readonly kind: 'housekeeping';
}

/** A ruleset of an organisation was changed or removed: a repository is looked for in which to tell it. */
export interface PlaceProtectionJob extends JobBase {
  readonly kind: 'place-protection';
  readonly installationId: number;
  readonly change: ProtectionChange;
  readonly actor: string;
}

export type SweepJob =
  | SweepDeliveriesJob
  | SweepInstallationsJob
  | SweepInstallationJob
  | RejudgeInstallationJob
  | HousekeepingJob
  | PlaceProtectionJob;

export type Job = RepositoryJob | DeliverAlertJob | SweepJob;

/** Whoever waits for it: a merge queue stands still, a pull request has a person behind it, a sweep has nobody. */
const PRIORITIES: Readonly<Record<Job['kind'], number>> = {
  'review-merge-group': 30,
  'judge-push': 20,
  'judge-tag': 20,
  'judge-protection': 20,
  'place-protection': 20,
  'publish-alert': 25,
  'issue-changed': 20,
  'deliver-alert': 25,
  recheck: 20,
  command: 20,
  'request-waiver': 20,
  'review-pull-request': 20,
  // It sets checks in progress that must not count any more; the reviews themselves can wait.
  rejudge: 15,
  housekeeping: 5,
  'sweep-deliveries': 5,
  'look-at-posture': 1,
  'sweep-installations': 1,
  'sweep-installation': 1,
  'rejudge-installation': 15,
};

/** Of a review that nobody waits for. */
const IN_THE_BACKGROUND = 2;

/** The job for the store. Installations take turns; what belongs to none is a group of its own. */
export function toStored(job: Job): NewJob {
  return {
    key: job.key,
    group: 'installationId' in job ? String(job.installationId) : 'app',
    priority: isInBackground(job) ? IN_THE_BACKGROUND : PRIORITIES[job.kind],
    supersedes: job.supersedes,
    payload: job as unknown as JsonObject,
  };
}

function isInBackground(job: Job): boolean {
  return job.kind === 'review-pull-request' && job.background === true;
}

/** @throws {Error} for a job that another version of gitops-warden has stored and this one does not know */
export function fromStored(payload: JsonObject): Job {
  const { kind } = payload;
  if (typeof kind !== 'string' || !Object.hasOwn(PRIORITIES, kind)) {
    throw new Error(`This version of gitops-warden knows no job of the kind ${JSON.stringify(kind)}.`);
  }
  return payload as unknown as Job;
}

export function isRepositoryJob(job: Job): job is RepositoryJob {
  return 'repository' in job;
}

/** What a job is about, for logs and messages. */
export function jobSubject(job: Job): Readonly<Record<string, string | number>> {
  const common = {
    job: job.kind,
    delivery: job.delivery,
    ...('installationId' in job ? { installation: job.installationId } : {}),
    ...('repository' in job ? { repository: `${job.repository.owner}/${job.repository.name}` } : {}),
  };
  if (job.kind === 'review-pull-request') return { ...common, pullRequest: job.number, head: job.headSha };
  if (job.kind === 'command') return { ...common, pullRequest: job.number, comment: job.comment.id };
  if (job.kind === 'judge-push' || job.kind === 'judge-tag')
    return { ...common, ref: job.ref, before: job.before, after: job.after };
  if (job.kind === 'publish-alert') return { ...common, incident: job.incident.id };
  if (job.kind === 'deliver-alert')
    return { ...common, receiver: job.receiver, incident: job.notice.incident };
  return 'headSha' in job ? { ...common, head: job.headSha } : common;
}

/** Also of a job that this version does not know. */
export function kindOf({ kind }: JsonObject): string {
  return typeof kind === 'string' ? kind : 'unknown';
}

/** Where a job comes from, as far as its payload tells. */
export function originOf({ repository, installationId, delivery }: JsonObject): {
  readonly repository: string | null;
  readonly installation: number | null;
  readonly delivery: string | null;
} {
  const { owner, name } = isObject(repository) ? repository : {};
  return {
    repository: typeof owner === 'string' && typeof name === 'string' ? `${owner}/${name}` : null,
    installation: Number.isSafeInteger(installationId) ? (installationId as number) : null,
    delivery: typeof delivery === 'string' ? delivery : null,
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
