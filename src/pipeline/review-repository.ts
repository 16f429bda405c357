import { renamesOf } from '../engine/change.ts';
import type { ChangeSet, Commit, KeyReview, NotChecked, Push } from '../engine/change.ts';
import type { PolicyReview } from '../engine/policy-difference.ts';
import { levelOf } from '../engine/active-rules.ts';
import type { Policy } from '../engine/policy.ts';
import type { ValueDigest } from '../engine/fingerprint.ts';
import type { Report } from '../engine/report.ts';
import type { Category } from '../engine/rule.ts';
import { dayOf, type Waiver } from '../engine/waiver.ts';
import { collectChange } from '../git/collect-change.ts';
import type { LineSpan } from '../git/hunks.ts';
import { WHOLE_REPOSITORY } from '../git/not-checked.ts';
import type { Repository } from '../git/repository.ts';
import { sopsPolicyChange } from '../sops/policy-change.ts';
import type { Keyring } from '../signatures/keyring.ts';
import type { PolicyPlaces, TextFile } from './base-policy.ts';
import { isConfigFile, treeAt } from './config-files.ts';
import {
  configurationChange,
  resolveConfiguration,
  standingProblems,
  type Configuration,
} from './configuration.ts';
import { findReach } from './find-reach.ts';
import { withWaivers } from './given-waivers.ts';
import { reviewKeys } from './key-review.ts';
import { judgeAndSearch } from './judge-meanwhile.ts';
import type { OutsidePolicies } from './outside-policy.ts';
import { reviewPolicy } from './policy-review.ts';
import { noteOnly, onlyAbout, type RuleSet } from './rule-set.ts';
import { verifyCommits, type Witness } from './verify-commits.ts';
import { sharedSecretSearch, type SecretSearch } from './secret-scan/search.ts';
import { resolveSetup } from './secret-scan/setup.ts';
import { headFiles } from './secret-scan/head-files.ts';
import { standingSecretProblems, withSecretProblems } from './secret-scan/standing.ts';

export interface ReviewRequest {
  readonly repository: Repository;
  /** Tip of the base branch, a full object id; null for a scan, which has no base. */
  readonly base: string | null;
  readonly head: string;
  readonly rules: RuleSet;
  /** Only rules about these; all of them when absent. */
  readonly only?: readonly Category[];
  /** Instead of the policy in the tree. */
  readonly policy?: TextFile | null;
  readonly floor?: TextFile | null;
  /** Where policies are read that stand in other repositories; nowhere when absent. */
  readonly outside?: OutsidePolicies;
  /** Whoever hosts the repository, and may be asked about its commits. */
  readonly witness?: Witness;
  /** Given elsewhere than in the repository. */
  readonly waivers?: readonly Waiver[];
  /** By which values are told apart; when absent, one that no other call shares. */
  readonly digest?: ValueDigest;
  /** Against which keys, certificates and waivers are held; the time of the call when absent. */
  readonly now?: Date;
  readonly push?: Push | null;
  /** How credentials are looked for; by default with the catalogue and without fingerprints. */
  readonly secrets?: SecretSearch;
  readonly signal?: AbortSignal;
  /** Measures a part of the work, for whoever watches. */
  readonly stage?: <T>(name: ReviewStage, work: () => Promise<T>) => Promise<T>;
}

export type ReviewStage = 'collect' | 'judge';

export interface Review {
  readonly report: Report;
  readonly policy: Policy;
  /** The head's lines that a diff against the merge base shows, by path. */
  readonly hunks: ReadonlyMap<string, readonly LineSpan[]>;
}

/**
 * Collects a change from a repository and judges it: the one way that the App and the command line share. Diff and
 * commits run from the merge base; the policy comes from the tip of the base, or in a scan from the scanned tree.
 *
 * @throws {GitError} when a revision or object is missing, or base and head have no common history
 */
export async function reviewRepository(request: ReviewRequest): Promise<Review> {
  const started = performance.now();
  const { repository, base, head } = request;
  const stage = request.stage ?? ((_name, work) => work());
  const secrets = request.secrets ?? sharedSecretSearch();
  // With a cache there may be nothing to search.
  if (secrets.cache === null) secrets.scanner.warmUp();
  const baseTree = treeAt(repository, base ?? head);
  const given = placesOf(request);
  const current = await resolveConfiguration(request.rules, { ...given, tree: baseTree });
  const only = request.only ?? [];
  const rules = onlyAbout(only, current.rules);
  const search = await resolveSetup(current.policy.secrets, secrets.defaults, baseTree.read);
  if (secrets.cache === null) secrets.scanner.prepare(search.setup);
  const collected = await stage('collect', () => collectSigned(request, current));
  const sides = { base: baseTree, head: treeAt(repository, head) };
  const configuration = await configurationChange(collected, current, request.rules, { ...given, ...sides });
  const after = configuration?.after ?? null;
  const policyReview = reviewPolicy(current, configuration);
  const policies = [current.policy, ...(after === null ? [] : [after.policy])];
  const plain: ChangeSet = {
    ...collected,
    notChecked: [
      ...collected.notChecked.filter((note) => !isConfigLink(note.path, collected, policies)),
      ...configLinks(collected, policies),
      ...(await missingCommits(request, collected.commits)),
      ...current.notes,
      ...noteOnly(only),
    ],
    ...(configuration === null
      ? {}
      : { keys: toldOnce(await reviewKeys(configuration), policyReview, rules, current.policy) }),
    policyReview,
  };
  const change = await withSecretProblems(
    plain,
    search,
    { before: current.policy, after: after?.policy ?? current.policy },
    secrets.defaults,
    sides,
  );
  const report = await stage('judge', async () =>
    judgeAndSearch(
      change,
      {
        search: secrets,
        setup: search.setup,
        rules: rules.rules,
        policy: current.policy,
        head: base === null ? null : () => headFiles(repository, head),
        signal: request.signal,
      },
      {
        policySource: { ...current.source, hash: withWaivers(current.source.hash, request.waivers ?? []) },
        waivers: [...current.values.waivers, ...(request.waivers ?? [])],
        today: dayOf((request.now ?? new Date()).getTime()),
        ...(request.digest === undefined ? {} : { digest: request.digest }),
        configProblems: [
          ...standingProblems(change, current, after, search.files),
          ...(await standingSecretProblems(search, change, current.policy, secrets.defaults, sides)),
        ],
        reach: await findReach(repository, change, current.policy),
        sops: change.base === null ? null : sopsPolicyChange(change.before, change.after, renamesOf(change)),
        ruleUrl: rules.urlOf,
      },
    ),
  );
  const hunks =
    change.mergeBase === null
      ? new Map<string, LineSpan[]>()
      : await repository.hunks(change.mergeBase, head, pathsOf(report));
  return {
    report: { ...report, stats: { ...report.stats, milliseconds: Math.round(performance.now() - started) } },
    policy: current.policy,
    hunks,
  };
}

function placesOf({ policy, floor, outside }: ReviewRequest): PolicyPlaces {
  return {
    override: policy ?? null,
    floor: floor ?? null,
    ...(outside === undefined ? {} : { outside }),
  };
}

/** Of a setting that becomes weaker, one finding is enough: that of the policy, where there is one. */
function toldOnce(keys: KeyReview, { changes }: PolicyReview, { rules }: RuleSet, policy: Policy): KeyReview {
  const rule = rules.find(({ definition }) => definition.id === 'policy-weakened');
  if (rule === undefined || levelOf(rule.definition, policy) === 'off') return keys;
  const told = new Set(
    changes.filter(({ effect }) => effect === 'weaker').map(({ pointer }) => pointer.slice(0, 2).join('.')),
  );
  return { ...keys, changes: keys.changes.filter(({ kind, who }) => kind !== 'setting' || !told.has(who)) };
}

/** Collects a change, and verifies the signatures of its commits under the configuration that counts. */
async function collectSigned(
  request: ReviewRequest,
  { rules, values, policy }: Configuration,
): Promise<ChangeSet> {
  const { repository, base, head, signal } = request;
  const collected = await collectChange(repository, {
    base,
    head,
    rules: rules.rules,
    push: request.push ?? null,
    ...(signal === undefined ? {} : { signal }),
  });
  const commits = await verifyCommits(repository, collected.commits, {
    keyring: values.keys,
    policy: policy.signatures,
    witness: request.witness ?? null,
    now: request.now ?? new Date(),
    signal,
  });
  return { ...collected, commits };
}

/** What decides at a revision. */
export interface PolicyAt {
  /** The policy in its tree, raised to the floor. */
  readonly policy: Policy;
  /** Over the policy, the rules and the configuration files, as a report of a change to that revision has it. */
  readonly hash: string;
  readonly keyring: Keyring;
  /** Those that are given, and those that the tree brings. */
  readonly rules: RuleSet;
}

export async function policyAt(
  repository: Repository,
  revision: string,
  given: RuleSet,
  outside: OutsidePolicies,
): Promise<PolicyAt> {
  const tree = treeAt(repository, revision);
  const places = { override: null, floor: null, outside };
  const { policy, source, values, rules } = await resolveConfiguration(given, { ...places, tree });
  return { policy, hash: source.hash, keyring: values.keys, rules };
}

/** Configuration has to be ordinary files: as a link it could not be read after the merge, and every review would fail. */
function configLinks(change: ChangeSet, policies: readonly Policy[]): NotChecked[] {
  return change.files
    .flatMap(({ after }) => after?.path ?? [])
    .filter((path) => isConfigLink(path, change, policies))
    .map((path) => ({
      path,
      reason:
        'is no ordinary file: configuration behind a link or in a submodule cannot be read. Put the file itself here',
      blocks: true,
    }));
}

function isConfigLink(path: string, change: ChangeSet, policies: readonly Policy[]): boolean {
  if (!policies.some((policy) => isConfigFile(path, policy))) return false;
  return change.files.some(
    ({ after }) => after?.path === path && (after.mode === 'symlink' || after.mode === 'submodule'),
  );
}

async function missingCommits(
  { witness, base }: ReviewRequest,
  commits: readonly Commit[],
): Promise<NotChecked[]> {
  if (witness === undefined || base === null) return [];
  const reason = await witness.incomplete(commits);
  return reason === null ? [] : [{ path: WHOLE_REPOSITORY, reason, blocks: true }];
}

function pathsOf(report: Report): string[] {
  const paths = report.findings.flatMap(({ subject }) => (subject.type === 'file' ? [subject.path] : []));
  return [...new Set(paths)];
}
