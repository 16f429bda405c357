import { posix } from 'node:path';
import type { FileVersion, Snapshot } from '../engine/change.ts';
import { SOPS_CONFIG_NAME, type CreationRule, type SopsConfig } from '../manifests/sops-config.ts';
import { recipientsOfMetadata, type SopsRecipient } from '../manifests/sops-recipients.ts';
import { sopsConfigAt, sopsConfigFor } from './config-of.ts';
import { without } from './drift.ts';
import { holdsCiphertext, readSopsVersion, type SopsUnit } from './reading.ts';

export interface ConfigChange {
  readonly path: string;
  readonly change: 'added' | 'edited' | 'deleted';
}

/** An encrypted file below a changed configuration, with its rule before and after. */
export interface AffectedFile {
  readonly path: string;
  readonly unit: SopsUnit;
  readonly oldConfig: SopsConfig | null;
  readonly newConfig: SopsConfig | null;
  readonly oldRule: CreationRule | null;
  readonly newRule: CreationRule | null;
  readonly gains: readonly SopsRecipient[];
  readonly loses: readonly SopsRecipient[];
}

export interface PolicyEffects {
  readonly configs: readonly ConfigChange[];
  readonly files: readonly AffectedFile[];
  /** Files that are not encrypted, had a rule, and have none any more. */
  readonly plainWithoutRule: readonly string[];
  /** False when the tree has more files than are matched. */
  readonly complete: boolean;
}

/** How often rules are tried on files that are not encrypted; encrypted ones are all matched. */
const MAX_TRIES = 400_000;

const known = new WeakMap<Snapshot, PolicyEffects | null>();

/**
 * Matches every file again that stands below a changed `.sops.yaml`, under the old rules and the new ones. Null when none
 * changes. Only encrypted files are read; all others are matched by their names.
 */
export function policyEffects(
  before: Snapshot,
  after: Snapshot,
  renamedFrom: ReadonlyMap<string, string>,
): PolicyEffects | null {
  const made = known.get(after);
  if (made !== undefined) return made;
  const configs = changedConfigs(before, after);
  const effects = configs.length === 0 ? null : effectsOf(configs, before, after, renamedFrom);
  known.set(after, effects);
  return effects;
}

function changedConfigs(before: Snapshot, after: Snapshot): ConfigChange[] {
  const paths = new Set([...before.paths, ...after.paths].filter(isConfig));
  return [...paths].sort().flatMap((path): ConfigChange[] => {
    const [old, now] = [before.files.get(path), after.files.get(path)];
    if (!before.paths.has(path)) return [{ path, change: 'added' }];
    if (!after.paths.has(path)) return [{ path, change: 'deleted' }];
    return old?.oid === now?.oid ? [] : [{ path, change: 'edited' }];
  });
}

function isConfig(path: string): boolean {
  return posix.basename(path) === SOPS_CONFIG_NAME;
}

function effectsOf(
  configs: readonly ConfigChange[],
  before: Snapshot,
  after: Snapshot,
  renamedFrom: ReadonlyMap<string, string>,
): PolicyEffects {
  const folders = configs.map(({ path }) => posix.dirname(path));
  const below = [...after.paths].filter(
    (path) => !isConfig(path) && folders.some((folder) => folder === '.' || path.startsWith(`${folder}/`)),
  );
  const encrypted = below.filter((path) => after.files.has(path));
  const others = below.filter((path) => !after.files.has(path));
  const tries = Math.max(
    1,
    ...configs.flatMap(({ path }) => [before, after].map((side) => sopsConfigAt(path, side)?.ruleCount ?? 0)),
  );
  const most = Math.ceil(MAX_TRIES / tries);
  const files: AffectedFile[] = [];
  const plainWithoutRule: string[] = [];
  for (const path of [...encrypted, ...others.slice(0, most)]) {
    const old = renamedFrom.get(path) ?? path;
    const oldConfig = before.paths.has(old) ? sopsConfigFor(old, before) : null;
    const newConfig = sopsConfigFor(path, after);
    const oldRule = oldConfig?.ruleFor(old) ?? null;
    const newRule = newConfig?.ruleFor(path) ?? null;
    const unit = encryptedUnit(after.files.get(path), after);
    if (unit !== null) {
      files.push({ path, unit, oldConfig, newConfig, oldRule, newRule, ...accessOf(unit, oldRule, newRule) });
    } else if (oldRule !== null && newRule === null) {
      plainWithoutRule.push(path);
    }
  }
  return { configs, files, plainWithoutRule, complete: others.length <= most };
}

function encryptedUnit(version: FileVersion | undefined, snapshot: Snapshot): SopsUnit | null {
  if (version === undefined || !holdsCiphertext(version)) return null;
  return readSopsVersion(version, snapshot)?.units[0] ?? null;
}

/** A file that no rule covers, or whose rule names nobody, has the recipients that it was given. */
function accessOf(
  unit: SopsUnit,
  oldRule: CreationRule | null,
  newRule: CreationRule | null,
): Pick<AffectedFile, 'gains' | 'loses'> {
  const actual = recipientsOfMetadata(unit.metadata);
  const old = named(oldRule) ?? actual;
  const now = named(newRule) ?? old;
  return { gains: without(now, old), loses: without(old, now) };
}

function named(rule: CreationRule | null): readonly SopsRecipient[] | null {
  return rule === null || rule.recipients.length === 0 ? null : rule.recipients;
}
