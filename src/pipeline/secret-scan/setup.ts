import type { FileVersion } from '../../engine/change.ts';
import { decodeText } from '../../engine/judged-file.ts';
import type { ConfigProblem, SecretPolicy } from '../../engine/policy.ts';
import { correct } from '../../secrets/gitleaks/corrections.ts';
import { readBaseline, readIgnoreFile, type KnownLeaks } from '../../secrets/gitleaks/known.ts';
import { resolveRuleFile } from '../../secrets/gitleaks/resolve.ts';
import type { RuleSetData, SecretRuleData } from '../../secrets/rule-set.ts';
import type { ScanSetup } from '../../secrets/scan-setup.ts';

/** Where a repository keeps gitleaks' configuration. */
export const GITLEAKS_CONFIG = '.gitleaks.toml';
export const GITLEAKS_IGNORE = '.gitleaksignore';

export interface ResolvedSetup {
  readonly setup: ScanSetup;
  readonly problems: readonly ConfigProblem[];
  /** Files of the repository that decide what is found: a change to them is judged under the old ones. */
  readonly files: readonly string[];
}

type FindInTree = (path: string) => Promise<FileVersion | null>;

/**
 * What is looked for: the repository's own rule file, else the default rules; the further files of its policy; what is
 * known; and the kinds that the floor enforces. Where something cannot be read, the default rules run, and that is a
 * problem.
 *
 * @param defaults what `useDefault` stands for: the catalogue, or the operator's file
 */
export async function resolveSetup(
  policy: SecretPolicy,
  defaults: RuleSetData,
  findInTree: FindInTree,
): Promise<ResolvedSetup> {
  const problems: ConfigProblem[] = [];
  const files = new Set<string>([GITLEAKS_CONFIG, GITLEAKS_IGNORE]);
  const read = async (path: string): Promise<string | null> => {
    const version = await findInTree(path);
    if (version === null) return null;
    const plain = version.mode === 'file' || version.mode === 'executable';
    const text = plain && version.content !== null ? decodeText(version.content) : null;
    if (text === null) problems.push({ path, line: null, message: 'is not a readable text file' });
    return text;
  };

  let data = defaults;
  for (const [index, path] of [GITLEAKS_CONFIG, ...policy.rules].entries()) {
    files.add(path);
    const text = await read(path);
    if (text === null) {
      if (index > 0)
        problems.push({ path, line: null, message: 'is named by the policy and cannot be read' });
      continue;
    }
    const resolved = await resolveRuleFile(path, text, defaults, (name) => read(name.replace(/^\.\//, '')));
    for (const file of resolved.files) files.add(file.replace(/^\.\//, ''));
    problems.push(...resolved.problems);
    // A broken file must not take rules away, nor allow anything.
    const sound = resolved.problems.length === 0;
    if (index > 0 || !sound) data = withRules(data, resolved.data, sound);
    else data = resolved.data;
  }
  const known = await readKnown(policy, read, files, problems);
  const corrected = correct(data, policy.corrections);
  const rules = withThresholds(
    withEnforced(corrected, correct(defaults, policy.corrections), policy.enforced),
    policy,
  );
  const ids = new Set(rules.rules.map((rule) => rule.id));
  for (const id of [...policy.kinds.keys(), ...policy.entropy.keys()]) {
    if (id !== '*' && !ids.has(id)) {
      problems.push({
        path: 'secrets',
        line: null,
        message: `the policy names a kind of secret \`${id}\`, which no rule finds`,
      });
    }
  }
  return { setup: { rules, known, decodeDepth: policy.decodeDepth }, problems, files: [...files] };
}

async function readKnown(
  policy: SecretPolicy,
  read: (path: string) => Promise<string | null>,
  files: Set<string>,
  problems: ConfigProblem[],
): Promise<KnownLeaks> {
  const ignoreText = await read(GITLEAKS_IGNORE);
  const ignore = ignoreText === null ? null : readIgnoreFile(GITLEAKS_IGNORE, ignoreText);
  problems.push(...(ignore?.problems ?? []));
  if (policy.baseline === null) return { ignored: ignore?.ignored ?? [], baseline: [] };
  files.add(policy.baseline);
  const text = await read(policy.baseline);
  if (text === null) {
    problems.push({
      path: policy.baseline,
      line: null,
      message: 'is named by the policy as a baseline and cannot be read',
    });
  }
  const baseline = text === null ? null : readBaseline(policy.baseline, text);
  problems.push(...(baseline?.problems ?? []));
  return { ignored: ignore?.ignored ?? [], baseline: baseline?.baseline ?? [] };
}

/** @param allowing whether the allowlists of the additional file count */
function withRules(data: RuleSetData, more: RuleSetData, allowing: boolean): RuleSetData {
  const rules = new Map(data.rules.map((rule) => [rule.id, rule]));
  for (const rule of more.rules) if (allowing || !rules.has(rule.id)) rules.set(rule.id, rule);
  return {
    rules: [...rules.values()],
    allowlists: allowing ? [...data.allowlists, ...more.allowlists] : data.allowlists,
  };
}

/** The default rules of enforced kinds come back, with the default allowlists and no others. */
function withEnforced(data: RuleSetData, defaults: RuleSetData, enforced: ReadonlySet<string>): RuleSetData {
  if (enforced.size === 0) return data;
  const wanted = (id: string): boolean => enforced.has(id) || enforced.has('*');
  const rules = new Map(data.rules.map((rule) => [rule.id, rule]));
  for (const rule of defaults.rules) {
    if (!wanted(rule.id)) continue;
    const allowlists = [...rule.allowlists, ...defaults.allowlists];
    rules.set(rule.id, { ...rule, allowlists, enforced: true });
  }
  return { rules: [...rules.values()], allowlists: data.allowlists };
}

function withThresholds(data: RuleSetData, { entropy }: SecretPolicy): RuleSetData {
  if (entropy.size === 0) return data;
  const rules = data.rules.map((rule): SecretRuleData => {
    const asked = entropy.get(rule.id) ?? rule.entropy;
    // A higher threshold finds less, down to nothing.
    return { ...rule, entropy: rule.enforced ? Math.min(asked, rule.entropy) : asked };
  });
  return { rules, allowlists: data.allowlists };
}
