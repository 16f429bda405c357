import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ChangeSet, FileVersion } from '../engine/change.ts';
import { compileEnvironments } from '../engine/environments.ts';
import { POLICY_PATHS } from '../engine/policy-file.ts';
import type { Report } from '../engine/report.ts';
import { REPOSITORY_RULES } from '../engine/rule-file.ts';
import { knownRulesOf, type Category } from '../engine/rule.ts';
import { WAIVER_PATHS } from '../engine/waiver-file.ts';
import { collectPaths } from '../git/collect-paths.ts';
import { collectStaged } from '../git/collect-staged.ts';
import type { Repository } from '../git/repository.ts';
import { reachOf } from '../graph/reach.ts';
import { resolvePolicy, type TextFile } from './base-policy.ts';
import { judgeAndSearch } from './judge-meanwhile.ts';
import type { OutsidePolicies } from './outside-policy.ts';
import { scannedPolicy } from './policy-review.ts';
import { withRepositoryRules } from './repository-rules.ts';
import { noteOnly, onlyAbout } from './rule-set.ts';
import type { RuleSet } from './rule-set.ts';
import { sharedSecretSearch, type SecretSearch } from './secret-scan/search.ts';
import { WAIVER_FILES } from './waiver-files.ts';
import { GITLEAKS_CONFIG, GITLEAKS_IGNORE, resolveSetup } from './secret-scan/setup.ts';

export interface ScanRequest {
  readonly rules: RuleSet;
  /** Instead of the policy in the scanned tree. */
  readonly policy: TextFile | null;
  readonly floor: TextFile | null;
  /** Where policies are read that stand in other repositories; nowhere when absent. */
  readonly outside?: OutsidePolicies;
  /** Only rules about these; all of them when absent. */
  readonly only?: readonly Category[];
  /** How credentials are looked for; by default with the catalogue and without fingerprints. */
  readonly secrets?: SecretSearch;
}

const CONFIGURATION = [...POLICY_PATHS, ...WAIVER_PATHS, GITLEAKS_CONFIG, GITLEAKS_IGNORE];
const RULE_GLOB = `${REPOSITORY_RULES}/*/rule.yaml`;

/** A judgement without a base, and the text of what was judged. */
export interface Scan {
  readonly report: Report;
  readonly change: ChangeSet;
}

/**
 * Judges files and folders on disk.
 *
 * @param root what their paths are relative to, as in a repository
 * @throws {Error} when a path cannot be read
 */
export async function scanPaths(paths: readonly string[], root: string, request: ScanRequest): Promise<Scan> {
  const started = performance.now();
  warmUp(request);
  const change = await collectPaths(paths, {
    root,
    rules: request.rules.rules,
    extraContext: [...CONFIGURATION, ...(await ruleFilesUnder(root))],
  });
  return judge(change, request, started);
}

/**
 * Judges what is staged: the files that the next commit would change, each as a whole.
 *
 * @param indexFile the index that Git names to a hook; null for the repository's own
 */
export async function scanStaged(
  repository: Repository,
  indexFile: string | null,
  request: ScanRequest,
): Promise<Scan> {
  const started = performance.now();
  warmUp(request);
  const staged = await collectStaged(repository, {
    rules: request.rules.rules,
    extraContext: [...CONFIGURATION, RULE_GLOB],
    indexFile,
  });
  return judge({ ...staged, base: null, mergeBase: null }, request, started);
}

/** Has a thread load what searches for credentials, while this one still reads files. With a cache there may be nothing to search. */
function warmUp({ secrets = sharedSecretSearch(), only = [] }: ScanRequest): void {
  if (secrets.cache === null && (only.length === 0 || only.includes('secrets'))) secrets.scanner.warmUp();
}

/** A scan of a folder inside the repository loads nothing beside it but what is named in full. */
async function ruleFilesUnder(root: string): Promise<string[]> {
  const entries = await readdir(path.join(root, REPOSITORY_RULES), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${REPOSITORY_RULES}/${entry.name}/rule.yaml`);
}

async function judge(plain: ChangeSet, request: ScanRequest, started: number): Promise<Scan> {
  const secrets = request.secrets ?? sharedSecretSearch();
  const findInTree = (path: string): Promise<FileVersion | null> =>
    Promise.resolve(plain.after.files.get(path) ?? null);
  const tree = { paths: () => Promise.resolve(plain.after.paths), read: findInTree };
  const known = await withRepositoryRules(request.rules, tree);
  const { policy, floor, outside } = request;
  const places = { override: policy, floor, ...(outside === undefined ? {} : { outside }) };
  const resolved = await resolvePolicy(known, { ...places, findInTree });
  const rules = onlyAbout(request.only ?? [], known);
  const waiverFiles = WAIVER_PATHS.flatMap((path) => plain.after.files.get(path) ?? []);
  const waivers = await WAIVER_FILES.read(waiverFiles, resolved.policy, knownRulesOf(known.rules));
  const search = await resolveSetup(resolved.policy.secrets, secrets.defaults, findInTree);
  if (secrets.cache === null) secrets.scanner.prepare(search.setup);
  const only = request.only ?? [];
  const change: ChangeSet = {
    ...plain,
    policyReview: scannedPolicy(resolved, known),
    notChecked: [...plain.notChecked, ...resolved.notes, ...noteOnly(only)],
  };
  const paths = plain.files.flatMap(({ after }) => after?.path ?? []);
  const report = await judgeAndSearch(
    change,
    { search: secrets, setup: search.setup, rules: rules.rules, policy: resolved.policy, head: null },
    {
      policySource: resolved.source,
      configProblems: [...resolved.problems, ...waivers.problems, ...search.problems],
      waivers: waivers.value,
      reach: reachOf(paths, [], compileEnvironments(resolved.policy)),
      ruleUrl: rules.urlOf,
    },
  );
  const milliseconds = Math.round(performance.now() - started);
  return { report: { ...report, stats: { ...report.stats, milliseconds } }, change };
}
