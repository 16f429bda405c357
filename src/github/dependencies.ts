import type { Probot, ProbotOctokit } from 'probot';
import type { ValueDigest } from '../engine/fingerprint.ts';
import type { AlertSeverity } from '../alerts/incident.ts';
import type { Receiver } from '../alerts/receivers/receiver.ts';
import type { Mirrors } from '../git/mirrors.ts';
import type { Repository } from '../git/repository.ts';
import type { OutsidePolicies } from '../pipeline/outside-policy.ts';
import type { PolicyAt, Review, ReviewRequest } from '../pipeline/review-repository.ts';
import type { RuleSet } from '../pipeline/rule-set.ts';
import type { Api } from './api/api.ts';
import type { Clock } from './clock.ts';
import type { NewAuditEntry } from '../store/audit-entry.ts';
import type { Ledger } from '../store/ledger.ts';
import type { OpenChecks } from '../store/open-checks.ts';
import type { Waivers } from '../store/waivers.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Job, RepositoryRef } from './job.ts';

export type Logger = Probot['log'];

/** What the App is given, so that tests can give something else. */
export interface AppDependencies {
  readonly review: (request: ReviewRequest) => Promise<Review>;
  /** What decides at a revision. Jobs have the other repositories that theirs depends on bound to it. */
  readonly policyAt: (
    repository: Repository,
    revision: string,
    outside?: OutsidePolicies,
  ) => Promise<PolicyAt>;
  readonly mirrors: Pick<Mirrors, 'fetch' | 'lsRemote' | 'discard' | 'prune'>;
  readonly rules: RuleSet;
}

/** Everything that a job needs, whichever it is. */
export interface JobEnvironment extends AppDependencies {
  readonly clock: Clock;
  /** How long GitHub's evidence about a push may lag behind the push: waits between questions, in milliseconds. */
  readonly evidenceWaits: readonly number[];
  /** The client for one repository of one installation. */
  readonly apiFor: (installationId: number, repository: RepositoryRef, log?: Logger) => Promise<Api>;
  readonly gitToken: (installationId: number, repositoryId: number) => Promise<string>;
  /** The login under which the App writes. */
  readonly botLogin: () => Promise<string>;
  /** Where people and `git` go, without a slash at the end. */
  readonly serverUrl: string;
  readonly openChecks: OpenChecks;
  readonly ledger: Ledger;
  readonly waivers: Waivers;
  /** Tells judged values apart, and in the same way for as long as the App has the same key. */
  readonly valueDigest: ValueDigest;
  readonly metrics: Metrics;
  /** A head without a verdict that changed less than so many milliseconds ago is left to its webhook. */
  readonly sweepGrace: number;
  readonly appId: number;
  /** Time between two looks at the settings of a repository, in milliseconds; null: never. */
  readonly postureMs: number | null;
  /** The client that is authenticated as the App. */
  readonly appClient: () => Promise<ProbotOctokit>;
  readonly installationClient: (installationId: number) => Promise<ProbotOctokit>;
  /** The share of an installation's hourly limit that is left, from 0 to 1; 1 while it is not known. */
  readonly rateLimitLeft: (installationId: number) => number;
  /** Keys of jobs that wait or run. */
  readonly liveKeys: (keys: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Who is told about alerts, beside the repository's issues. */
  readonly receivers: readonly Receiver[];
  /** These hear nothing of what weighs less. */
  readonly alertMinSeverity: AlertSeverity;
  /** Adds to the audit trail. */
  readonly audit: (entries: readonly NewAuditEntry[]) => Promise<void>;
  /** Adds to the audit trail which jobs failed for good, each once. */
  readonly noteDead: () => Promise<void>;
  /** Removes from the audit trail what the retention does not keep. */
  readonly forgetAudit: (now: number) => Promise<void>;
  /** Keeps further work; false when it was kept before under the same delivery. */
  readonly enqueue: (job: Job) => Promise<boolean>;
}

/** One job at work. */
export interface JobContext {
  readonly environment: JobEnvironment;
  readonly api: Api;
  readonly repository: RepositoryRef;
  readonly installationId: number;
  readonly key: string;
  readonly delivery: string;
  /** When this attempt fails, there is no other. */
  readonly lastAttempt: boolean;
  /** Unique to this run of the job. */
  readonly attempt: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}
