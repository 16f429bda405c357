import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { ChangeSet, Commit, Push, SignatureState, Snapshot } from '../../src/engine/change.ts';
import { DEFAULT_POLICY, toPolicy } from '../../src/config/policy.ts';
import type { Finding } from '../../src/engine/finding.ts';
import type { PolicyFile } from '../../src/engine/policy-file.ts';
import type { Policy, SignatureRequirement } from '../../src/engine/policy.ts';
import type { ConfigTree } from '../../src/pipeline/config-files.ts';
import { configurationChange, resolveConfiguration } from '../../src/pipeline/configuration.ts';
import { reviewKeys } from '../../src/pipeline/key-review.ts';
import { reviewPolicy } from '../../src/pipeline/policy-review.ts';
import type { TextFile } from '../../src/pipeline/text-file.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { changeOf, commitOf } from './change-fixture.ts';

/**
 * The cases of a rule folder. `valid/` and `invalid/` are trees of files, each judged as one repository in which all
 * files are new. A line that must be reported ends in `# expect: <rule-id>`; where a comment is impossible, a file
 * `<name>.expect` beside it lists `<line> <rule-id>`, with `-` for the file as a whole.
 *
 * A folder below them that has an `expect.yaml` is a change of its own, from `base/` to `head/`:
 *
 *     renames: {old: new}
 *     past: [{path, from: a file beside expect.yaml}]      versions that only a commit had
 *     commits: [{subject, state, reason, guarded: paths}]  numbered from 1
 *     push: {ref, forced, deleted, created}
 *     signatures: signed                                   the policy's signatures.require
 *     policy: {rules: …}                                   the policy, as a repository writes it
 *     floor: {rules: …}                                    the organisation's floor
 *     findings:                                            all of them; introduced unless `existing: true`
 *       - {path, line, says}                               `says`: a part of the message
 *       - {commit: 1} | {push: true}
 */
export interface RuleCase {
  readonly name: string;
  readonly change: ChangeSet;
  readonly policy: Policy;
  /** `path:line`, `commit N`, `push`; sorted. */
  readonly expected: readonly string[];
  /** What messages must say, by the place. */
  readonly says: readonly (readonly [string, string])[];
}

interface ExpectFile {
  renames?: Record<string, string>;
  past?: { path: string; from: string }[];
  commits?: { subject?: string; state: SignatureState; reason?: string; guarded?: string[] }[];
  push?: { ref?: string; forced?: boolean; deleted?: boolean; created?: boolean };
  signatures?: SignatureRequirement;
  policy?: PolicyFile;
  floor?: PolicyFile;
  findings: ({ path: string; line?: number; existing?: boolean } | { commit: number } | { push: true })[];
}

const MARKER = /# expect: ([a-z0-9-]+)[ \t]*\r?$/;

export async function readCases(folder: string): Promise<RuleCase[]> {
  const entries = readdirSync(folder, { withFileTypes: true });
  const changes = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(folder, entry.name))
    .filter((directory) => readdirSync(directory).includes('expect.yaml'));
  const tree = readTree(folder, (directory) => !changes.includes(directory));
  const cases = changes.map(readChange);
  const all = Object.keys(tree).length > 0 ? [readMarked(folder, tree), ...cases] : cases;
  return Promise.all(
    all.map(async (one) => ({
      ...one,
      change: await withConfiguration(one.change, floorOf(folder, one.name)),
    })),
  );
}

const rules = await loadRuleSet();

function floorOf(folder: string, name: string): TextFile | null {
  const file = path.join(folder, name, 'expect.yaml');
  const { floor } = existsSync(file) ? (parse(readFileSync(file, 'utf8')) as ExpectFile) : {};
  return floor === undefined ? null : { path: 'floor.yml', text: stringify(floor) };
}

/** What the change does to policy and key files, found as a review of a repository finds it. */
async function withConfiguration(change: ChangeSet, floor: TextFile | null): Promise<ChangeSet> {
  const treeOf = ({ paths, files }: Snapshot): ConfigTree => ({
    paths: () => Promise.resolve(paths),
    read: (file) => Promise.resolve(files.get(file) ?? null),
  });
  const sides = { base: treeOf(change.before), head: treeOf(change.after) };
  const given = { override: null, floor };
  const current = await resolveConfiguration(rules, { ...given, tree: sides.base });
  const configuration = await configurationChange(change, current, rules, { ...given, ...sides });
  const policyReview = reviewPolicy(current, configuration);
  const compared = { ...change, policyReview };
  return configuration === null ? compared : { ...compared, keys: await reviewKeys(configuration) };
}

function readMarked(folder: string, tree: Readonly<Record<string, Uint8Array>>): RuleCase {
  const files: Record<string, Uint8Array> = {};
  const expected: string[] = [];
  for (const [name, content] of Object.entries(tree)) {
    const text = Buffer.from(content).toString('utf8');
    if (name.endsWith('.expect')) {
      for (const line of text.trim().split('\n')) {
        const [at = '', ruleId = ''] = line.split(' ');
        expected.push(`${name.slice(0, -'.expect'.length)}:${at} ${ruleId}`);
      }
      continue;
    }
    files[name] = content;
    text.split('\n').forEach((line, index) => {
      const ruleId = MARKER.exec(line)?.[1];
      if (ruleId !== undefined) expected.push(`${name}:${index + 1} ${ruleId}`);
    });
  }
  return {
    name: path.basename(folder),
    change: changeOf({ base: {}, head: files }),
    policy: DEFAULT_POLICY,
    expected: expected.sort(),
    says: [],
  };
}

function readChange(folder: string): RuleCase {
  const expect = parse(readFileSync(path.join(folder, 'expect.yaml'), 'utf8')) as ExpectFile;
  const ruleId = path.basename(path.resolve(folder, '../..'));
  const commits = (expect.commits ?? []).map(({ state, subject, reason, guarded }, index): Commit =>
    commitOf({
      sha: String(index + 1).repeat(40),
      signature: { state, kind: state === 'unsigned' ? null : 'ssh', signer: null, reason: reason ?? null },
      ...(subject === undefined ? {} : { subject }),
      ...(guarded === undefined ? {} : { guarded }),
    }),
  );
  const places = expect.findings.map((finding) => {
    if ('commit' in finding) return `commit ${finding.commit} ${ruleId}`;
    if ('push' in finding) return `push ${ruleId}`;
    return `${finding.path}:${finding.line ?? '-'} ${ruleId}${finding.existing === true ? ' existing' : ''}`;
  });
  const change = changeOf({
    base: existsSync(path.join(folder, 'base')) ? readTree(path.join(folder, 'base')) : {},
    head: readTree(path.join(folder, 'head')),
    renames: expect.renames ?? {},
    past: (expect.past ?? []).map((one, index) => ({
      commit: String(index + 1).repeat(40),
      path: one.path,
      content: readFileSync(path.join(folder, one.from), 'utf8'),
    })),
    commits,
    push: expect.push === undefined ? null : pushOf(expect.push),
  });
  return {
    name: path.basename(folder),
    change,
    policy:
      expect.policy !== undefined
        ? toPolicy(expect.policy)
        : {
            ...DEFAULT_POLICY,
            signatures: { ...DEFAULT_POLICY.signatures, require: expect.signatures ?? 'none' },
          },
    expected: [...places].sort(),
    says: expect.findings.flatMap((finding, index) =>
      'says' in finding ? [[places[index] ?? '', String(finding.says)] as const] : [],
    ),
  };
}

function pushOf({ ref, forced, deleted, created }: NonNullable<ExpectFile['push']>): Push {
  return {
    ref: ref ?? 'refs/heads/main',
    before: (created === true ? '0' : 'b').repeat(40),
    after: (deleted === true ? '0' : 'a').repeat(40),
    forced: forced ?? false,
    deleted: deleted ?? false,
    pusher: 'ada',
  };
}

/** Where a finding stands, in the form of `RuleCase.expected`. */
export function placeOf({ subject, ruleId, introduced }: Finding): string {
  const existing = introduced ? '' : ' existing';
  switch (subject.type) {
    case 'file':
      return `${subject.path}:${subject.range?.start.line ?? '-'} ${ruleId}${existing}`;
    case 'commit':
      return `commit ${subject.commit[0] ?? ''} ${ruleId}${existing}`;
    case 'push':
      return `push ${ruleId}${existing}`;
  }
}

function readTree(
  root: string,
  enter: (directory: string) => boolean = () => true,
): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  const walk = (directory: string): void => {
    let entries;
    try {
      entries = readdirSync(directory, { withFileTypes: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    for (const entry of entries) {
      const full = path.join(directory, entry.name);
      if (!entry.isDirectory()) files[path.relative(root, full)] = readFileSync(full);
      else if (enter(full)) walk(full);
    }
  };
  walk(root);
  return files;
}
