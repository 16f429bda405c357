import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { issuePersonalToken } from './auth.ts';
import { addComment, addReply } from './comments.ts';
import type { Failure, Outage } from './failures.ts';
import type { MergeMethod } from './git-merge.ts';
import { openIssue } from './issues.ts';
import type { MergeGroup } from './payloads.ts';
import * as conversation from './people/conversation.ts';
import { recordBypass } from './people/activities.ts';
import * as edits from './people/edits.ts';
import * as issues from './people/issues.ts';
import { installationEvent, rerequestCheck, rerequestSuite } from './people/events.ts';
import { mergePullRequest, mergeQueuedGroup, queueMergeGroup } from './people/merges.ts';
import * as protection from './people/protection.ts';
import * as pulls from './people/pull-requests.ts';
import * as repositories from './people/repositories.ts';
import { DEFAULT_USER, type Stage } from './people/stage.ts';
import { setRole } from './roles.ts';
import { listen, type RecordedRequest, serve } from './server.ts';
import { settingsOf, type RepositorySettings } from './settings.ts';
import { createCommitSigner } from './signing.ts';
import {
  type CheckRun,
  createState,
  type EmbeddedRepository,
  type Issue,
  type Permissions,
  type IssueComment,
  type PullRequest,
  type Review,
  type ReviewComment,
  type Sarif,
  type VerificationOverride,
} from './state.ts';
import { createWebhooks, type DeliveryOptions, type Payload, type RecordedDelivery } from './webhooks.ts';
import type { AppRegistration, World } from './world.ts';

export interface EmbeddedGitHubOptions {
  /** 0, the default: any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Folder for the repositories. Whoever starts the server removes it. */
  readonly directory: string;
  readonly app: AppRegistration;
  /** Milliseconds since 1970; the system's clock when absent. */
  readonly now?: () => number;
  /** False: the record of requests has no bodies, which saves memory in long runs. True when absent. */
  readonly keepBodies?: boolean;
  /** Plays GitHub Enterprise Server of this version, such as `3.11.4`. */
  readonly serverVersion?: string;
}

/** A stand-in for GitHub: REST API, Git over HTTP, webhooks and pages, over real repositories. */
export interface EmbeddedGitHub {
  /** Of the pages and of Git. */
  readonly url: string;
  /** `${url}/api/v3`, as on GitHub Enterprise Server. */
  readonly apiUrl: string;
  close(): Promise<void>;

  createRepository(fullName: string, options?: repositories.RepositoryOptions): Promise<EmbeddedRepository>;
  /** Commits without delivering anything: history that was there before the App. */
  commit(repository: EmbeddedRepository, options: repositories.CommitOptions): Promise<string>;
  push(repository: EmbeddedRepository, options: pulls.PushOptions): Promise<string>;
  /** Moves a branch to a commit that exists, and delivers the push. Null deletes the branch. */
  pushCommit(
    repository: EmbeddedRepository,
    branch: string,
    sha: string | null,
    user?: string,
  ): Promise<void>;
  collectGarbage(repository: EmbeddedRepository): Promise<void>;

  openPullRequest(repository: EmbeddedRepository, options: pulls.PullRequestOptions): Promise<PullRequest>;
  pushToPullRequest(pullRequest: PullRequest, options: Omit<pulls.PushOptions, 'branch'>): Promise<string>;
  retarget(pullRequest: PullRequest, base: string, user?: string): Promise<void>;
  editTitle(pullRequest: PullRequest, title: string, user?: string): Promise<void>;
  closePullRequest(pullRequest: PullRequest, user?: string): Promise<void>;
  reopenPullRequest(pullRequest: PullRequest, user?: string): Promise<void>;
  markReady(pullRequest: PullRequest, user?: string): Promise<void>;
  /** Gives the base's new tip. */
  merge(pullRequest: PullRequest, method: MergeMethod, user?: string): Promise<string>;
  mergeGroup(pullRequests: readonly PullRequest[]): Promise<MergeGroup>;
  /** Lets a group through: its pull requests are merged. */
  completeMergeGroup(group: MergeGroup): Promise<void>;

  /** `input` as for the REST API: path, line, side, body, subject_type. */
  comment(
    pullRequest: PullRequest,
    user: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<ReviewComment>;
  /** Writes into the conversation of a pull request. */
  writeComment(pullRequest: PullRequest, user: string, body: string): IssueComment;
  /** Puts a comment into the conversation that was there before all others, without an event. */
  insertComment(pullRequest: PullRequest, comment: Omit<IssueComment, 'repository' | 'number'>): void;
  editComment(pullRequest: PullRequest, comment: IssueComment, body: string, user?: string): void;
  deleteComment(pullRequest: PullRequest, comment: IssueComment, user?: string): void;
  /** Answers in the thread of a comment in the diff. */
  replyTo(comment: ReviewComment, user: string, body: string): Promise<ReviewComment>;
  /** Presses a button of a check run. */
  pressButton(checkRunId: number, identifier: string, user?: string): void;
  /** `role` may be the name of a custom one. */
  setRole(repository: EmbeddedRepository, login: string, role: string): void;
  /** @param team `organisation/team` */
  setTeam(team: string, login: string, state?: 'active' | 'pending'): void;
  /** In the thread that `comment` began. */
  reply(comment: ReviewComment, user: string, body: string): ReviewComment;
  /** Resolves the thread that `comment` began, or opens it again. */
  resolveThread(comment: ReviewComment, user: string, resolved?: boolean): void;
  /** Who resolved the thread that `comment` began; null when it is open. */
  resolvedBy(comment: ReviewComment): string | null;
  openIssue(
    repository: EmbeddedRepository,
    user: string,
    input: { readonly title: string; readonly body?: string; readonly labels?: readonly string[] },
  ): Issue;
  /** As somebody does on the page of the issue. */
  closeIssue(issue: Issue, user?: string, reason?: 'completed' | 'not_planned'): void;
  reopenIssue(issue: Issue, user?: string): void;
  deleteIssue(issue: Issue, user?: string): void;
  issueComments(subject: Issue | PullRequest): readonly IssueComment[];
  /** Notes that the newest push to a branch was let past its rulesets. */
  recordBypass(repository: EmbeddedRepository, branch: string): void;
  protectBranch(repository: EmbeddedRepository, options: protection.ProtectOptions, user?: string): void;
  unprotectBranch(repository: EmbeddedRepository, pattern: string, user?: string): void;
  /** `place`: a repository, or the login of an organisation. */
  setRuleset(
    place: EmbeddedRepository | string,
    name: string,
    fields: protection.RulesetFields,
    user?: string,
  ): void;
  removeRuleset(place: EmbeddedRepository | string, name: string, user?: string): void;
  rerequestCheck(checkRunId: number, user?: string): void;
  rerequestSuite(repository: EmbeddedRepository, sha: string, user?: string): Promise<void>;
  installation(owner: string, action?: string): void;

  /** Says that an owner installed the App on all repositories, and not on selected ones. */
  installOnAll(owner: string): void;
  /** Tells GitHub a public key, `ssh-ed25519 AAAA…`: commits signed with it are verified. */
  addSigningKey(publicKey: string): void;
  /** Replaces what GitHub thinks of one commit's signature. */
  setVerification(sha: string, verification: VerificationOverride): void;

  /** Sets what is named of a repository's settings pages. */
  configure(repository: EmbeddedRepository, settings: Partial<RepositorySettings>): void;
  /** A fine-grained token of a person, for all repositories of an owner. */
  personalToken(owner: string, permissions: Permissions): string;

  setWebhookUrl(url: string | null): void;
  /** How many webhooks may be under way at once; 1 at first. With more, their order is not kept. */
  setDeliveryConcurrency(limit: number): void;
  /** Gives the receiver's status; null when there was no answer. */
  deliver(event: string, payload: Payload, options?: DeliveryOptions): Promise<number | null>;
  failNext(failure: Failure): void;
  /** Takes back all failures that have not happened. */
  clearFailures(): void;
  /**
   * While it is on, every request to the API and to Git fails before it has an effect: by a broken connection,
   * or with status 503. Pages are shown and webhooks delivered all the same.
   */
  setOutage(on: boolean, kind?: Outage): void;
  /** Resolves when every delivery has its answer and no request is under way. */
  settled(): Promise<void>;

  checkRuns(repository: EmbeddedRepository, sha: string): readonly CheckRun[];
  reviews(pullRequest: PullRequest): readonly Review[];
  reviewComments(pullRequest: PullRequest): readonly ReviewComment[];
  issues(repository: EmbeddedRepository): readonly Issue[];
  /** The conversation of a pull request. */
  reactions(comment: { readonly id: number }): readonly string[];
  /** What was uploaded to code scanning. */
  sarifs(repository: EmbeddedRepository): readonly Sarif[];
  installationId(owner: string): number;
  readonly requests: readonly RecordedRequest[];
  readonly deliveries: readonly RecordedDelivery[];
  /** Requests and answers that GitHub's own description does not allow. */
  readonly contractViolations: readonly string[];
}

export async function startEmbeddedGitHub(options: EmbeddedGitHubOptions): Promise<EmbeddedGitHub> {
  const { port = 0, host = '127.0.0.1', directory, app, now = Date.now, keepBodies = true } = options;
  const { serverVersion = null } = options;
  await mkdir(directory, { recursive: true });
  const server = createServer();
  const address = await listen(server, host, port);
  const url = `http://${host}:${address.port}`;
  const webFlow = createCommitSigner();
  const state = createState();
  state.signingKeys.add(webFlow.publicKey);
  const world: World = { state, app, directory, url, apiUrl: `${url}/api/v3`, webFlow, now };
  const webhooks = createWebhooks(app, now);
  const stage: Stage = { world, webhooks };
  const running = serve(server, world, webhooks, { keepBodies, serverVersion });

  return {
    url,
    apiUrl: world.apiUrl,
    close: running.close,

    createRepository: (fullName, repository) => repositories.createRepository(world, fullName, repository),
    commit: (repository, commit) => repositories.commit(world, repository, commit),
    push: (repository, push) => pulls.push(stage, repository, push),
    pushCommit: (repository, branch, sha, user = DEFAULT_USER) =>
      pulls.moveBranch(stage, repository, branch, sha, user),
    collectGarbage: (repository) => repositories.collectGarbage(world, repository),

    openPullRequest: (repository, pullRequest) => pulls.openPullRequest(stage, repository, pullRequest),
    pushToPullRequest: (pullRequest, push) => pulls.pushToPullRequest(stage, pullRequest, push),
    retarget: (pullRequest, base, user = pullRequest.user) => edits.retarget(stage, pullRequest, base, user),
    editTitle: (pullRequest, title, user = pullRequest.user) =>
      edits.editTitle(stage, pullRequest, title, user),
    closePullRequest: (pullRequest, user = pullRequest.user) =>
      edits.closePullRequest(stage, pullRequest, user),
    reopenPullRequest: (pullRequest, user = pullRequest.user) =>
      edits.reopenPullRequest(stage, pullRequest, user),
    markReady: (pullRequest, user = pullRequest.user) => edits.markReady(stage, pullRequest, user),
    merge: (pullRequest, method, user = DEFAULT_USER) => mergePullRequest(stage, pullRequest, method, user),
    mergeGroup: (pullRequests) => queueMergeGroup(stage, pullRequests),
    completeMergeGroup: (group) => mergeQueuedGroup(stage, group),

    comment: (pullRequest, user, input) => addComment(world, pullRequest, user, input),
    writeComment: (pullRequest, user, body) => conversation.writeComment(stage, pullRequest, user, body),
    insertComment({ repository, number }, comment) {
      state.issueComments.unshift({ ...comment, repository, number });
    },
    editComment(pullRequest, comment, body, user = comment.user) {
      conversation.editComment(stage, pullRequest, comment, body, user);
    },
    deleteComment(pullRequest, comment, user = comment.user) {
      conversation.deleteComment(stage, pullRequest, comment, user);
    },
    replyTo: (comment, user, body) => conversation.replyTo(stage, comment, user, body),
    pressButton(id, identifier, user = DEFAULT_USER) {
      conversation.pressButton(stage, id, identifier, user);
    },
    setRole(repository, login, role) {
      setRole(state, repository, login, role);
    },
    setTeam(team, login, membership = 'active') {
      const members = state.teams.get(team.toLowerCase()) ?? new Map<string, 'active' | 'pending'>();
      state.teams.set(team.toLowerCase(), members.set(login.toLowerCase(), membership));
    },
    reply: (comment, user, body) => addReply(world, comment, user, body),
    resolveThread(comment, user, resolved = true) {
      if (resolved) state.resolvedThreads.set(comment.id, user);
      else state.resolvedThreads.delete(comment.id);
    },
    resolvedBy: (comment) => state.resolvedThreads.get(comment.id) ?? null,
    openIssue: (repository, user, input) => openIssue(world, repository, user, input),
    closeIssue(issue, user = DEFAULT_USER, reason = 'completed') {
      issues.closeIssue(stage, issue, user, reason);
    },
    reopenIssue(issue, user = DEFAULT_USER) {
      issues.reopenIssue(stage, issue, user);
    },
    deleteIssue(issue, user = DEFAULT_USER) {
      issues.deleteIssue(stage, issue, user);
    },
    recordBypass(repository, branch) {
      recordBypass(world, repository, branch);
    },
    protectBranch(repository, rule, user = DEFAULT_USER) {
      protection.protectBranch(stage, repository, rule, user);
    },
    unprotectBranch(repository, pattern, user = DEFAULT_USER) {
      protection.unprotectBranch(stage, repository, pattern, user);
    },
    setRuleset(repository, name, fields, user = DEFAULT_USER) {
      protection.setRuleset(stage, repository, name, fields, user);
    },
    removeRuleset(repository, name, user = DEFAULT_USER) {
      protection.removeRuleset(stage, repository, name, user);
    },
    rerequestCheck(id, user = DEFAULT_USER) {
      rerequestCheck(stage, id, user);
    },
    rerequestSuite: (repository, sha, user = DEFAULT_USER) => rerequestSuite(stage, repository, sha, user),
    installation(owner, action = 'created') {
      installationEvent(stage, owner, action);
    },

    installOnAll(owner) {
      state.allRepositories.add(owner);
    },
    addSigningKey(publicKey) {
      state.signingKeys.add(publicKey);
    },
    setVerification(sha, verification) {
      state.verifications.set(sha, verification);
    },

    configure(repository, settings) {
      state.settings.set(repository.id, { ...settingsOf(state, repository), ...settings });
    },
    personalToken: (owner, permissions) => issuePersonalToken(world, owner, permissions),

    setWebhookUrl: webhooks.setUrl,
    setDeliveryConcurrency: webhooks.setConcurrency,
    deliver: webhooks.deliver,
    failNext(failure) {
      running.failures.add(failure);
    },
    clearFailures() {
      running.failures.clear();
    },
    setOutage(on, kind = 'reset') {
      running.failures.setOutage(on ? kind : null);
    },
    async settled() {
      do {
        await webhooks.settled();
        await running.idle();
      } while (webhooks.busy());
    },

    checkRuns: (repository, sha) =>
      state.checkRuns.filter((run) => run.repository === repository && run.headSha === sha),
    reviews: (pullRequest) => state.reviews.filter((review) => review.pullRequest === pullRequest),
    reviewComments: (pullRequest) =>
      state.reviewComments.filter((comment) => comment.pullRequest === pullRequest),
    sarifs: (repository) => state.sarifs.filter((sarif) => sarif.repository === repository),
    issues: (repository) => state.issues.filter((issue) => issue.repository === repository && !issue.deleted),
    issueComments: ({ repository, number }) =>
      state.issueComments.filter((one) => one.repository === repository && one.number === number),
    reactions: ({ id }) =>
      state.reactions.filter(({ commentId }) => commentId === id).map(({ content }) => content),
    installationId: (owner) => {
      const id = state.installations.get(owner);
      if (id === undefined) throw new Error(`The App is not installed for ${owner}.`);
      return id;
    },
    requests: running.requests,
    deliveries: webhooks.deliveries,
    contractViolations: running.contractViolations,
  };
}
