import type { ChangeSet, Commit, FileVersion, NotChecked, Push } from '../engine/change.ts';
import { compileEnvironments } from '../engine/environments.ts';
import { openFile } from '../engine/judged-file.ts';
import { POLICY_PATHS } from '../engine/policy-file.ts';
import type { ConfigProblem, Policy } from '../engine/policy.ts';
import type { Reach, Report } from '../engine/report.ts';
import { review } from '../engine/review.ts';
import { collectChange } from '../git/collect-change.ts';
import type { LineSpan } from '../git/hunks.ts';
import type { Repository } from '../git/repository.ts';
import { DEPLOYER_MARKS, foldersOf, reachOf } from '../graph/reach.ts';
import { resolvePolicy, type ResolvedPolicy, type TextFile } from './base-policy.ts';
import type { RuleSet } from './rule-set.ts';
import { scanChange } from './secret-scan/scan-change.ts';
import { sharedSecretSearch, type SecretSearch } from './secret-scan/search.ts';
import { GITLEAKS_CONFIG, GITLEAKS_IGNORE, resolveSetup, type ResolvedSetup } from './secret-scan/setup.ts';

/** Files that decide how others are judged. They are read from the base; a change to them is judged under the old ones. */
const CONFIG_PATHS: readonly string[] = [...POLICY_PATHS, GITLEAKS_CONFIG, GITLEAKS_IGNORE];
/** Files that may deploy folders, read to tell what a change reaches. */
const MAX_DEPLOYERS = 2_000;
const MAX_DEPLOYER_BYTES = 1024 * 1024;
const MAX_DEPLOYERS_BYTES = 64 * 1024 * 1024;
const MAX_CONFIG_BYTES = 1024 * 1024;
/** Files of the head that are searched for copies of a leaked value. */
const MAX_HEAD_BYTES = 256 * 1024 * 1024;
const HEAD_BATCH = 500;

export interface ReviewRequest {
  readonly repository: Repository;
  /** Tip of the base branch, a full object id; null for a scan, which has no base. */
  readonly base: string | null;
  readonly head: string;
  readonly rules: RuleSet;
  /** Instead of the policy in the tree. */
  readonly policy?: TextFile | null;
  readonly floor?: TextFile | null;
  /** Replaces what the raw commits say of their signatures, by GitHub's verdict for instance. */
  readonly verify?: (commits: readonly Commit[]) => Promise<readonly Commit[]>;
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
  const { repository, base, head, rules } = request;
  const stage = request.stage ?? ((_name, work) => work());
  const secrets = request.secrets ?? sharedSecretSearch();
  secrets.scanner.warmUp();
  const findInBase = (path: string): Promise<FileVersion | null> => readAt(repository, base ?? head, path);
  const resolved = await resolvePolicy(rules, {
    override: request.policy ?? null,
    floor: request.floor ?? null,
    findInTree: findInBase,
  });
  const search = await resolveSetup(resolved.policy.secrets, secrets.defaults, findInBase);
  const collected = await stage('collect', () =>
    collectChange(repository, {
      base,
      head,
      rules: rules.rules,
      push: request.push ?? null,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    }),
  );
  const commits = request.verify === undefined ? collected.commits : await request.verify(collected.commits);
  const plain: ChangeSet = {
    ...collected,
    commits,
    notChecked: [
      ...collected.notChecked.filter((note) => !isPolicyLink(note.path, collected)),
      ...policyLinks(collected),
    ],
  };
  const inHead = (path: string): Promise<FileVersion | null> => readAt(repository, head, path);
  const checked = await withSecretProblems(plain, { search, secrets, rules, request, inHead });
  const change = await scanChange(checked, {
    search: secrets,
    setup: search.setup,
    rules: rules.rules,
    policy: resolved.policy,
    today: new Date().toISOString().slice(0, 10),
    head: base === null ? null : () => headFiles(repository, head),
    signal: request.signal,
  });
  const report = await stage('judge', async () =>
    review(change, rules.rules, resolved.policy, {
      policySource: resolved.source,
      configProblems: [
        ...(await standingProblems(resolved, change, rules, search.files)),
        ...(await standingSecretProblems(search, change, resolved.policy, secrets)),
      ],
      reach: await findReach(repository, change, resolved.policy),
      ruleUrl: rules.urlOf,
    }),
  );
  const hunks =
    change.mergeBase === null
      ? new Map<string, LineSpan[]>()
      : await repository.hunks(change.mergeBase, head, pathsOf(report));
  return {
    report: { ...report, stats: { ...report.stats, milliseconds: Math.round(performance.now() - started) } },
    policy: resolved.policy,
    hunks,
  };
}

/** The policy that holds at a revision: the one in its tree, raised to the floor. */
export async function policyAt(
  repository: Repository,
  revision: string,
  rules: RuleSet,
  floor: TextFile | null,
): Promise<Policy> {
  const findInTree = (path: string): Promise<FileVersion | null> => readAt(repository, revision, path);
  return (await resolvePolicy(rules, { override: null, floor, findInTree })).policy;
}

/** A policy has to be an ordinary file: as a link it could not be read after the merge, and every review would fail. */
function policyLinks(change: ChangeSet): NotChecked[] {
  return CONFIG_PATHS.filter((path) => isPolicyLink(path, change)).map((path) => ({
    path,
    reason:
      'is no ordinary file: a policy behind a link or in a submodule cannot be read. Put the file itself here',
    blocks: true,
  }));
}

function isPolicyLink(path: string, change: ChangeSet): boolean {
  if (!CONFIG_PATHS.includes(path)) return false;
  return change.files.some(
    ({ after }) => after?.path === path && (after.mode === 'symlink' || after.mode === 'submodule'),
  );
}

/**
 * The base's configuration problems, unless this change is what mends them: it touches configuration files only,
 * and its own version of them is valid.
 */
async function standingProblems(
  resolved: ResolvedPolicy,
  change: ChangeSet,
  rules: RuleSet,
  secretFiles: readonly string[],
): Promise<readonly ConfigProblem[]> {
  if (resolved.problems.length === 0 || change.base === null) return resolved.problems;
  if (!repairsOnly(change, [...CONFIG_PATHS, ...secretFiles])) return resolved.problems;
  const mended = await resolvePolicy(rules, {
    override: null,
    floor: null,
    findInTree: (path) => Promise.resolve(change.after.files.get(path) ?? null),
  });
  const elsewhere = resolved.problems.filter((problem) => !CONFIG_PATHS.includes(problem.path));
  return mended.problems.length === 0 || elsewhere.length > 0 ? elsewhere : resolved.problems;
}

/** The same for the rule files of the search for credentials. */
async function standingSecretProblems(
  { problems, files }: ResolvedSetup,
  change: ChangeSet,
  policy: Policy,
  secrets: SecretSearch,
): Promise<readonly ConfigProblem[]> {
  if (problems.length === 0 || change.base === null) return problems;
  if (!repairsOnly(change, [...CONFIG_PATHS, ...files])) return problems;
  const inHead = (path: string): Promise<FileVersion | null> =>
    Promise.resolve(change.after.files.get(path) ?? null);
  const untouched = problems.filter(
    (problem) => !change.files.some(({ after }) => after?.path === problem.path),
  );
  if (untouched.length > 0) return problems;
  return (await resolveSetup(policy.secrets, secrets.defaults, inHead)).problems.length === 0 ? [] : problems;
}

/** Reads the rule files for secrets as the head has them, when the change touches one. */
async function withSecretProblems(
  change: ChangeSet,
  about: {
    readonly search: ResolvedSetup;
    readonly secrets: SecretSearch;
    readonly rules: RuleSet;
    readonly request: ReviewRequest;
    readonly inHead: (path: string) => Promise<FileVersion | null>;
  },
): Promise<ChangeSet> {
  const { search, secrets, rules, request, inHead } = about;
  const touched = new Set(
    change.files.flatMap(({ before, after }) => [before, after].flatMap((side) => side?.path ?? [])),
  );
  if (![...CONFIG_PATHS, ...search.files].some((path) => touched.has(path))) return change;
  const { policy } = await resolvePolicy(rules, {
    override: request.policy ?? null,
    floor: request.floor ?? null,
    findInTree: inHead,
  });
  const { problems } = await resolveSetup(policy.secrets, secrets.defaults, inHead);
  return {
    ...change,
    before: { ...change.before, secretProblems: search.problems },
    after: { ...change.after, secretProblems: problems },
  };
}

function repairsOnly(change: ChangeSet, configPaths: readonly string[]): boolean {
  const touched = change.files.flatMap(({ before, after }) =>
    [before, after].flatMap((side) => side?.path ?? []),
  );
  return touched.length > 0 && touched.every((path) => configPaths.includes(path));
}

/** Every file of the head; without content where one is too large, or those before it were enough. */
async function* headFiles(repository: Repository, head: string): AsyncIterable<FileVersion> {
  const entries = [...(await repository.tree(head)).values()].filter(
    ({ mode }) => mode === 'file' || mode === 'executable',
  );
  let left = MAX_HEAD_BYTES;
  for (let at = 0; at < entries.length; at += HEAD_BATCH) {
    const batch = entries.slice(at, at + HEAD_BATCH);
    const blobs = await repository.readBlobs(
      batch.map((entry) => entry.oid),
      { maxBytesEach: MAX_CONFIG_BYTES, maxBytesTotal: left },
    );
    for (const { path, mode, oid } of batch) {
      const content = blobs.get(oid);
      const read = content instanceof Uint8Array ? content : null;
      left -= read?.length ?? 0;
      yield { path, mode, oid, content: read };
    }
  }
}

async function findReach(repository: Repository, change: ChangeSet, policy: Policy): Promise<Reach> {
  const changed = change.files.flatMap(({ before, after }) => (after ?? before)?.path ?? []);
  const environmentsOf = compileEnvironments(policy);
  if (changed.length === 0 || change.head === null) return reachOf(changed, [], environmentsOf);
  const { head } = change;
  const marked = await Promise.all(DEPLOYER_MARKS.map((mark) => repository.grep(head, mark)));
  const tree = await repository.tree(head);
  const entries = [...new Set(marked.flat())].slice(0, MAX_DEPLOYERS).flatMap((path) => tree.get(path) ?? []);
  const blobs = await repository.readBlobs(
    entries.map((entry) => entry.oid),
    { maxBytesEach: MAX_DEPLOYER_BYTES, maxBytesTotal: MAX_DEPLOYERS_BYTES },
  );
  const folders = foldersOf(changed);
  const manifests = entries.flatMap((entry) => {
    const content = blobs.get(entry.oid);
    if (!(content instanceof Uint8Array)) return [];
    const version: FileVersion = { path: entry.path, mode: entry.mode, oid: entry.oid, content };
    const text = new TextDecoder().decode(content);
    // Parsing is what costs: a file that names no changed folder, by itself or by a glob, deploys none.
    const concerned =
      changed.includes(entry.path) ||
      text.includes('*') ||
      folders.some((folder) => text.includes(folder)) ||
      /path:\s*["']?\.?\/?["']?\s*$/m.test(text);
    return concerned ? openFile(entry.path, version, change.after).file.manifests : [];
  });
  return reachOf(changed, manifests, environmentsOf);
}

async function readAt(repository: Repository, revision: string, path: string): Promise<FileVersion | null> {
  const entry = (await repository.tree(revision)).get(path);
  if (entry === undefined) return null;
  const content = (
    await repository.readBlobs([entry.oid], {
      maxBytesEach: MAX_CONFIG_BYTES,
      maxBytesTotal: MAX_CONFIG_BYTES,
    })
  ).get(entry.oid);
  return {
    path,
    mode: entry.mode,
    oid: entry.oid,
    content: content instanceof Uint8Array ? content : null,
  };
}

function pathsOf(report: Report): string[] {
  const paths = report.findings.flatMap(({ subject }) => (subject.type === 'file' ? [subject.path] : []));
  return [...new Set(paths)];
}
