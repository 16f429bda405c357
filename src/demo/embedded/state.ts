import type { DiffFile, Side } from './git-diff.ts';
import type { RepositorySettings } from './settings.ts';

export type PermissionLevel = 'read' | 'write';
export type Permissions = Readonly<Record<string, PermissionLevel>>;

export type AccountType = 'User' | 'Organization' | 'Bot';

export interface Account {
  readonly login: string;
  readonly id: number;
  readonly type: AccountType;
}

export interface EmbeddedRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly fullName: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly protectedBranches: ReadonlySet<string>;
  /** Null for a repository that is no fork. */
  readonly parent: EmbeddedRepository | null;
  /** Whether the App is installed on it. */
  readonly installed: boolean;
  readonly codeScanning: boolean;
  readonly cloneUrl: string;
  readonly gitDirectory: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface Label {
  readonly id: number;
  readonly name: string;
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly repository: EmbeddedRepository;
  readonly head: { readonly repository: EmbeddedRepository; readonly ref: string; sha: string };
  /** `sha` is the base's tip when GitHub last looked at the pull request, not now. */
  readonly base: { ref: string; sha: string };
  readonly user: string;
  readonly createdAt: string;
  title: string;
  body: string | null;
  draft: boolean;
  state: 'open' | 'closed';
  mergeable: boolean;
  /** The merge that GitHub tries in advance, and after the merge the commit that it made. */
  mergeCommitSha: string | null;
  mergedAt: string | null;
  mergedBy: string | null;
  closedAt: string | null;
  updatedAt: string;
  /** Where the branches parted when the pull request was merged; null before. */
  mergeBaseAtMerge: string | null;
  /** Commits that the merge put on the base. */
  introduced: readonly string[];
}

export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn: number | null;
  readonly endColumn: number | null;
  readonly level: string;
  readonly message: string;
  readonly title: string | null;
  readonly rawDetails: string | null;
}

export type CheckStatus = 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending';

export interface CheckRun {
  readonly id: number;
  readonly repository: EmbeddedRepository;
  readonly suiteId: number;
  readonly headSha: string;
  name: string;
  detailsUrl: string | null;
  externalId: string;
  status: CheckStatus;
  conclusion: string | null;
  startedAt: string | null;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  annotations: readonly Annotation[];
  /** The buttons that it shows. */
  actions: readonly CheckAction[];
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

/** Of somebody to a comment. */
export interface Reaction {
  readonly id: number;
  readonly commentId: number;
  readonly user: string;
  readonly content: string;
}

export type ReviewState = 'PENDING' | 'COMMENTED' | 'CHANGES_REQUESTED' | 'APPROVED';

export interface Review {
  readonly id: number;
  readonly pullRequest: PullRequest;
  readonly user: string;
  readonly body: string;
  readonly state: ReviewState;
  readonly commitId: string;
  readonly submittedAt: string | null;
}

/** A comment in the diff. Lines are null for a comment on the whole file. */
export interface ReviewComment {
  readonly id: number;
  readonly pullRequest: PullRequest;
  readonly reviewId: number;
  readonly user: string;
  readonly path: string;
  readonly subjectType: 'line' | 'file';
  readonly side: Side;
  readonly line: number | null;
  readonly startLine: number | null;
  readonly startSide: Side | null;
  /** Lines below the first hunk header of the file when the comment was made. */
  readonly position: number | null;
  readonly diffHunk: string;
  /** The commit that the lines belong to. */
  readonly commitId: string;
  readonly inReplyTo: number | null;
  readonly createdAt: string;
  body: string;
  updatedAt: string;
  /** Why it is folded away, in lower case; null when it is not. */
  minimizedReason: string | null;
}

export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly repository: EmbeddedRepository;
  readonly user: string;
  readonly createdAt: string;
  title: string;
  body: string | null;
  labels: readonly Label[];
  state: 'open' | 'closed';
  stateReason: string | null;
  closedAt: string | null;
  updatedAt: string;
  deleted: boolean;
}

/** What was uploaded to code scanning for a commit. */
export interface Sarif {
  readonly id: string;
  readonly repository: EmbeddedRepository;
  readonly commitSha: string;
  readonly ref: string;
  readonly sarif: unknown;
}

export interface IssueComment {
  readonly id: number;
  readonly repository: EmbeddedRepository;
  /** Of the issue or the pull request. */
  readonly number: number;
  readonly user: string;
  body: string;
  readonly createdAt: string;
}

/** A push as the activity log has it. */
export interface Activity {
  readonly id: number;
  readonly repository: EmbeddedRepository;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly type:
    'push' | 'force_push' | 'branch_deletion' | 'branch_creation' | 'pr_merge' | 'merge_queue_merge';
  readonly actor: string;
  readonly at: string;
}

/** What the rulesets said of a push. */
export interface RuleSuite extends Omit<Activity, 'type'> {
  readonly result: 'pass' | 'fail' | 'bypass';
}

export interface BranchProtection {
  readonly id: number;
  readonly repository: EmbeddedRepository;
  readonly pattern: string;
  /** As GitHub's webhooks name them. */
  fields: Readonly<Record<string, unknown>>;
  /** The App from which a required check must come. */
  checkApps: Readonly<Record<string, number>>;
}

export interface Ruleset {
  readonly id: number;
  /** Null for one of an organisation. */
  readonly repository: EmbeddedRepository | null;
  readonly organisation: string;
  /** Of one of an organisation: patterns for names of repositories, and `~ALL`. */
  repositories: readonly string[];
  readonly name: string;
  enforcement: 'active' | 'evaluate' | 'disabled';
  include: readonly string[];
  exclude: readonly string[];
  rules: readonly { readonly type: string; readonly parameters?: Readonly<Record<string, unknown>> }[];
  bypassActors: readonly Readonly<Record<string, unknown>>[];
}

export interface InstallationToken {
  readonly token: string;
  readonly installationId: number;
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly permissions: Permissions;
  /** Null: all repositories of the installation. */
  readonly repositoryIds: ReadonlySet<number> | null;
}

/** As GitHub's `verification` object, without the signed text. */
export interface VerificationOverride {
  readonly verified: boolean;
  readonly reason: string;
}

/** Everything that the embedded GitHub remembers. */
export interface State {
  readonly repositories: EmbeddedRepository[];
  readonly pullRequests: PullRequest[];
  readonly checkRuns: CheckRun[];
  readonly reviews: Review[];
  readonly reviewComments: ReviewComment[];
  /** Who resolved a thread, by the id of its first comment. */
  readonly resolvedThreads: Map<number, string>;
  readonly issues: Issue[];
  readonly issueComments: IssueComment[];
  readonly reactions: Reaction[];
  /** Role by `repository id:login`. */
  readonly roles: Map<string, string>;
  /** By `organisation/team`: the state of each member. */
  readonly teams: Map<string, Map<string, 'active' | 'pending'>>;
  readonly activities: Activity[];
  readonly ruleSuites: RuleSuite[];
  readonly branchProtections: BranchProtection[];
  readonly rulesets: Ruleset[];
  readonly sarifs: Sarif[];
  /** By the token's text. */
  readonly tokens: Map<string, InstallationToken>;
  /** Installation id by owner. */
  readonly installations: Map<string, number>;
  /** Owners who installed the App on all repositories, those to come as well. */
  readonly allRepositories: Set<string>;
  /** Check suite id by repository id and head. */
  readonly suites: Map<string, number>;
  /** By commit id. */
  readonly verifications: Map<string, VerificationOverride>;
  /** `ssh-ed25519 AAAA…` of the keys that people have told GitHub. */
  readonly signingKeys: Set<string>;
  readonly labels: Map<string, Label>;
  /** By repository id. */
  readonly settings: Map<number, RepositorySettings>;
  /** Diffs between two commits never change. */
  readonly diffs: Map<string, Promise<readonly DiffFile[]>>;
  nextId(): number;
}

export function createState(): State {
  let last = 1000;
  return {
    repositories: [],
    pullRequests: [],
    checkRuns: [],
    reviews: [],
    reviewComments: [],
    resolvedThreads: new Map(),
    issues: [],
    issueComments: [],
    reactions: [],
    roles: new Map(),
    teams: new Map(),
    activities: [],
    ruleSuites: [],
    branchProtections: [],
    rulesets: [],
    sarifs: [],
    tokens: new Map(),
    installations: new Map(),
    allRepositories: new Set(),
    suites: new Map(),
    verifications: new Map(),
    signingKeys: new Set(),
    labels: new Map(),
    settings: new Map(),
    diffs: new Map(),
    nextId: () => (last += 1),
  };
}

export function findRepository(state: State, fullName: string): EmbeddedRepository | undefined {
  return state.repositories.find(
    (repository) => repository.fullName.toLowerCase() === fullName.toLowerCase(),
  );
}

export function findPullRequest(
  state: State,
  repository: EmbeddedRepository,
  number: number,
): PullRequest | undefined {
  return state.pullRequests.find(
    (pullRequest) => pullRequest.repository === repository && pullRequest.number === number,
  );
}

/** Issues and pull requests of a repository share their numbers. */
export function nextNumber(state: State, repository: EmbeddedRepository): number {
  const used = [...state.issues, ...state.pullRequests].filter((item) => item.repository === repository);
  return Math.max(0, ...used.map((item) => item.number)) + 1;
}

/** The suite that holds all check runs of the App for one commit. */
export function suiteOf(state: State, repository: EmbeddedRepository, sha: string): number {
  const key = `${repository.id}:${sha}`;
  const known = state.suites.get(key);
  if (known !== undefined) return known;
  const id = state.nextId();
  state.suites.set(key, id);
  return id;
}

/** An App acts as this user. */
export function botLogin(slug: string): string {
  return `${slug}[bot]`;
}
