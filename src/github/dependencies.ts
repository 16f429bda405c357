import type { Probot } from 'probot';
import type { Policy } from '../engine/policy.ts';
import type { Mirrors } from '../git/mirrors.ts';
import type { Repository } from '../git/repository.ts';
import type { KeyedMutex } from '../jobs/keyed-mutex.ts';
import type { TextFile } from '../pipeline/base-policy.ts';
import type { Review, ReviewRequest } from '../pipeline/review-repository.ts';
import type { RuleSet } from '../pipeline/rule-set.ts';
import type { Api } from './api/api.ts';
import type { Clock } from './clock.ts';
import type { RepositoryRef } from './job.ts';

export type Logger = Probot['log'];

/** What the App is given, so that tests can give something else. */
export interface AppDependencies {
  readonly review: (request: ReviewRequest) => Promise<Review>;
  /** The policy that holds at a revision. */
  readonly policyAt: (repository: Repository, revision: string) => Promise<Policy>;
  readonly mirrors: Pick<Mirrors, 'fetch' | 'lsRemote' | 'discard'>;
  readonly rules: RuleSet;
  readonly floor: TextFile | null;
}

/** Everything that a job needs, whichever it is. */
export interface JobEnvironment extends AppDependencies {
  readonly clock: Clock;
  /** How long GitHub's evidence about a push may lag behind the push: waits between questions, in milliseconds. */
  readonly evidenceWaits: readonly number[];
  /** The client for one repository of one installation. */
  readonly apiFor: (installationId: number, repository: RepositoryRef) => Promise<Api>;
  readonly gitToken: (installationId: number, repositoryId: number) => Promise<string>;
  /** The login under which the App writes. */
  readonly botLogin: () => Promise<string>;
  /** Where people and `git` go, without a slash at the end. */
  readonly serverUrl: string;
  /** Serialises what is published on one pull request. */
  readonly publishing: KeyedMutex;
}

/** One job at work. */
export interface JobContext {
  readonly environment: JobEnvironment;
  readonly api: Api;
  readonly repository: RepositoryRef;
  readonly installationId: number;
  /** Unique to this run of the job. */
  readonly attempt: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}
