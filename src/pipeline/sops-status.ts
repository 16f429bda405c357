import { posix } from 'node:path';
import { DEFAULT_POLICY } from '../config/policy.ts';
import type { FileVersion, Snapshot } from '../engine/change.ts';
import { openFile } from '../engine/judged-file.ts';
import { ObjectIndex } from '../engine/object-index.ts';
import type { JudgedFile, RuleContext } from '../engine/rule.ts';
import { SOPS_CONFIG_NAME, type CreationRule, type SopsConfig } from '../manifests/sops-config.ts';
import { CIPHERTEXT_PREFIX } from '../manifests/sops-crypt.ts';
import { recipientsOfMetadata } from '../manifests/sops-recipients.ts';
import { sopsFileNotEncrypted } from '../rules/secrets/sops-file-not-encrypted.ts';
import { isNamedEncrypted, singlesOutSecrets } from '../rules/support/sops-demand.ts';
import { validSopsFile } from '../rules/secrets/valid-sops-file.ts';
import type { Repository } from '../git/repository.ts';
import { remarksOn } from '../sops/config-lint.ts';
import { sopsConfigAt, sopsConfigFor } from '../sops/config-of.ts';
import { modeDrift, recipientDrift, thresholdDrift } from '../sops/drift.ts';
import { readSops, type SopsUnit } from '../sops/reading.ts';
import { shortName } from '../sops/recipient-names.ts';

export const SOPS_STATES = [
  'encrypted',
  'partly-encrypted',
  'drifted',
  'no-rule',
  'plain',
  'malformed',
  'configuration',
  'unreadable',
] as const;
export type SopsState = (typeof SOPS_STATES)[number];

/** One file as SOPS and its configuration see it. */
export interface SopsFileStatus {
  readonly path: string;
  readonly state: SopsState;
  /** The nearest `.sops.yaml`; null when there is none. */
  readonly config: string | null;
  /** Number of the creation rule that applies, from 1. */
  readonly rule: number | null;
  /** Its `path_regex`; empty when it has none. */
  readonly pattern: string | null;
  /** What the file encrypts, as in `encrypted_regex: ^data$`; null for everything, and for what is not encrypted. */
  readonly mode: string | null;
  readonly recipients: readonly string[];
  /** Why the state is what it is; null when there is nothing to add. */
  readonly detail: string | null;
}

export interface SopsStatus {
  readonly ref: string;
  readonly files: readonly SopsFileStatus[];
  /** Files that a rule matches, and that are neither encrypted nor singled out by it or by what they hold. */
  readonly otherMatches: number;
  readonly notRead: readonly string[];
}

const LIMITS = { maxBytesEach: 16 * 1024 * 1024, maxBytesTotal: 512 * 1024 * 1024 };

/**
 * Every file of a revision that SOPS or its configuration is concerned with. Only encrypted files, configurations and
 * files that could be secrets are read; all others are matched by their names.
 *
 * @throws {GitError} when there is no such revision
 */
export async function sopsStatus(repository: Repository, ref: string): Promise<SopsStatus> {
  const head = await repository.resolve(ref);
  const tree = await repository.tree(head);
  const regular = new Set(
    [...tree.values()].filter(({ mode }) => mode === 'file' || mode === 'executable').map(({ path }) => path),
  );
  const notRead: string[] = [];
  const load = async (paths: Iterable<string>): Promise<Map<string, FileVersion>> => {
    const entries = [...paths].flatMap((path) => (regular.has(path) ? (tree.get(path) ?? []) : []));
    const blobs = await repository.readBlobs([...new Set(entries.map(({ oid }) => oid))], LIMITS);
    return new Map(
      entries.flatMap(({ path, mode, oid }) => {
        const content = blobs.get(oid);
        if (content instanceof Uint8Array) return [[path, { path, mode, oid, content }] as const];
        notRead.push(path);
        return [];
      }),
    );
  };

  const paths = new Set(tree.keys());
  const configs = await load([...paths].filter((path) => posix.basename(path) === SOPS_CONFIG_NAME));
  const rules: Snapshot = { paths, files: configs };
  const matched = [...regular].filter((path) => !configs.has(path) && ruleOf(path, rules).rule !== null);
  const encrypted = new Set(await repository.grep(head, CIPHERTEXT_PREFIX));
  const secrets = new Set(await repository.grep(head, 'Secret'));
  const suspects = matched.filter(
    (path) =>
      secrets.has(path) ||
      isNamedEncrypted(path) ||
      singlesOutSecrets(ruleOf(path, rules).rule?.pathRegex ?? ''),
  );
  const files = await load(new Set([...encrypted, ...suspects, ...[...regular].filter(isNamedEncrypted)]));
  const snapshot: Snapshot = { paths, files: new Map([...configs, ...files]) };
  const statuses = [...snapshot.files.values()].flatMap((version) => statusOf(version, snapshot) ?? []);
  const listed = new Set(statuses.map(({ path }) => path));
  return {
    ref: head,
    files: statuses.sort((a, b) => (a.path < b.path ? -1 : 1)),
    otherMatches: matched.filter((path) => !listed.has(path)).length,
    notRead: notRead.sort(),
  };
}

function ruleOf(path: string, snapshot: Snapshot): { config: SopsConfig | null; rule: CreationRule | null } {
  const config = sopsConfigFor(path, snapshot);
  return { config, rule: config?.ruleFor(path) ?? null };
}

const NO_CONTEXT: Omit<RuleContext, 'snapshot'> = {
  policy: DEFAULT_POLICY,
  parameters: {},
  objects: new ObjectIndex([]),
  knownRules: new Map(),
};

/** Null for a file that is no concern of SOPS. */
function statusOf(version: FileVersion, snapshot: Snapshot): SopsFileStatus | null {
  const { path } = version;
  if (posix.basename(path) === SOPS_CONFIG_NAME) return configStatus(path, snapshot);
  const { config, rule } = ruleOf(path, snapshot);
  const { file } = openFile(path, version, snapshot);
  const context: RuleContext = { ...NO_CONTEXT, snapshot };
  const faults = validSopsFile.judge(file, context).length;
  const unit = readSops(file)?.units[0] ?? null;
  const base = {
    path,
    config: config?.path ?? null,
    rule: rule === null ? null : rule.index + 1,
    pattern: rule?.pathRegex ?? null,
    mode: unit?.mode == null ? null : `${unit.mode.kind}: ${unit.mode.pattern}`,
    recipients: unit === null ? [] : recipientsOfMetadata(unit.metadata).map(shortName),
  };
  if (faults > 0) {
    return {
      ...base,
      state: 'malformed',
      detail: `${faults} ${faults === 1 ? 'fault' : 'faults'}; \`gitops-warden scan\` names them`,
    };
  }
  if (unit === null) return plainStatus(file, context, base);
  return { ...base, ...encryptedState(unit, rule, config) };
}

function plainStatus(
  file: JudgedFile,
  context: RuleContext,
  base: Omit<SopsFileStatus, 'state' | 'detail'>,
): SopsFileStatus | null {
  const found = sopsFileNotEncrypted.judge(file, context).length > 0;
  return found
    ? { ...base, state: 'plain', detail: 'has to be encrypted, by its name or by its rule' }
    : null;
}

function encryptedState(
  unit: SopsUnit,
  rule: CreationRule | null,
  config: SopsConfig | null,
): Pick<SopsFileStatus, 'state' | 'detail'> {
  if (rule === null) {
    const none = config === null || config.ruleCount === 0;
    return {
      state: none ? plainlyEncrypted(unit) : 'no-rule',
      detail: none ? 'no configuration' : 'no creation rule matches it',
    };
  }
  const drifts = [
    ...(recipientDrift(unit, rule) === null ? [] : ['other recipients']),
    ...(modeDrift(unit, rule) === null ? [] : ['another mode']),
    ...(thresholdDrift(unit, rule) === null ? [] : ['a lower threshold']),
  ];
  if (drifts.length === 0) return { state: plainlyEncrypted(unit), detail: null };
  return { state: 'drifted', detail: `${drifts.join(', ')} than its rule says` };
}

/** Whether a mode leaves values in plain text. */
function plainlyEncrypted({ leaves }: SopsUnit): SopsState {
  return leaves.every(({ encrypted }) => encrypted) ? 'encrypted' : 'partly-encrypted';
}

function configStatus(path: string, snapshot: Snapshot): SopsFileStatus {
  const config = sopsConfigAt(path, snapshot);
  const unreadable = config?.unreadable !== null || config.problems.length > 0;
  const remarks = config === null ? 0 : remarksOn(config, [...snapshot.paths], false).length;
  const counted = `${config?.ruleCount ?? 0} ${config?.ruleCount === 1 ? 'rule' : 'rules'}`;
  return {
    path,
    state: unreadable ? 'unreadable' : 'configuration',
    config: null,
    rule: null,
    pattern: null,
    mode: null,
    recipients: [],
    detail: unreadable
      ? 'SOPS refuses it; `gitops-warden scan` says why'
      : remarks === 0
        ? counted
        : `${counted}, of which not all do what they seem to do; \`gitops-warden scan\` names them`,
  };
}
