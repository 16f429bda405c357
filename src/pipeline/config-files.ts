import type { FileVersion } from '../engine/change.ts';
import { ORGANISATION_PATHS } from '../engine/organisation-file.ts';
import { POLICY_PATHS, type PolicyFile } from '../engine/policy-file.ts';
import type { ConfigProblem, Policy } from '../engine/policy.ts';
import type { KnownRules } from '../engine/rule.ts';
import type { Repository } from '../git/repository.ts';
import { KEY_FILES } from './key-files.ts';
import { RULE_FILES } from './repository-rules.ts';
import { WAIVER_FILES } from './waiver-files.ts';

/** The tree whose configuration counts. */
export interface ConfigTree {
  readonly paths: () => Promise<Iterable<string>>;
  readonly read: (path: string) => Promise<FileVersion | null>;
}

/**
 * A kind of file that decides how others are judged, beside the policy. A new kind is an object of this type and a line
 * in `CONFIG_KINDS`; all else follows: its files are read from the base, its mistakes fail every change but the one that
 * mends them, and a change that touches nothing but such files may mend them.
 */
export interface ConfigKind<T> {
  /** Whether a path holds such a file, under a policy. */
  readonly holds: (path: string, policy: Policy) => boolean;
  /** Reads all such files of a tree. */
  readonly read: (
    files: readonly FileVersion[],
    policy: Policy,
    knownRules: KnownRules,
  ) => Promise<ConfigReading<T>>;
  /** What a change may not do that mends the configuration, because it is judged under less than what counts otherwise. */
  objections?(before: T, after: T): readonly ConfigProblem[];
}

export interface ConfigReading<T> {
  readonly value: T;
  /** Whatever cannot be used; the rest of the value holds. */
  readonly problems: readonly ConfigProblem[];
  /** A section of the policy that cannot be applied with what was read, so that the floor alone counts there. */
  readonly withdrawn?: keyof PolicyFile & keyof Policy;
}

/** Every kind of configuration file beside the policy. */
export const CONFIG_KINDS = { keys: KEY_FILES, rules: RULE_FILES, waivers: WAIVER_FILES } satisfies Record<
  string,
  ConfigKind<unknown>
>;

/** What the configuration files say, by their kind. */
export type ConfigValues = {
  readonly [Kind in keyof typeof CONFIG_KINDS]: (typeof CONFIG_KINDS)[Kind] extends ConfigKind<infer T>
    ? T
    : never;
};

/** What is wrong with the configuration files, by their kind. */
export type ConfigProblems = Readonly<Record<keyof typeof CONFIG_KINDS, readonly ConfigProblem[]>>;

const MAX_CONFIG_BYTES = 1024 * 1024;
/** Of one kind; a folder could hold any number. */
const MAX_CONFIG_FILES = 1_000;

const POLICIES: readonly string[] = [...POLICY_PATHS, ...ORGANISATION_PATHS];

/**
 * Whether a path holds configuration of any kind: the policy, or what a policy makes one. The organisation's file only
 * decides in one repository, and does no harm in others.
 */
export function isConfigFile(path: string, policy: Policy): boolean {
  return POLICIES.includes(path) || Object.values(CONFIG_KINDS).some((kind) => kind.holds(path, policy));
}

export interface ReadConfig {
  readonly values: ConfigValues;
  readonly problems: ConfigProblems;
  readonly withdrawn: readonly (keyof PolicyFile & keyof Policy)[];
  /** Object ids of everything that was read. */
  readonly files: readonly { readonly path: string; readonly oid: string }[];
}

/** Reads the configuration files of a tree, as a policy places them. */
export async function readConfigFiles(
  tree: ConfigTree,
  policy: Policy,
  knownRules: KnownRules,
): Promise<ReadConfig> {
  const paths = [...(await tree.paths())].sort();
  const values: Record<string, unknown> = {};
  const problems: Record<string, readonly ConfigProblem[]> = {};
  const withdrawn: (keyof PolicyFile & keyof Policy)[] = [];
  const read: FileVersion[] = [];
  for (const [name, kind] of Object.entries(CONFIG_KINDS) as [string, ConfigKind<unknown>][]) {
    const own = paths.filter((path) => kind.holds(path, policy));
    const files: FileVersion[] = [];
    for (const path of own.slice(0, MAX_CONFIG_FILES)) {
      const file = await tree.read(path);
      if (file !== null) files.push(file);
    }
    const reading = await kind.read(files, policy, knownRules);
    values[name] = reading.value;
    problems[name] = [...reading.problems, ...surplusOf(own)];
    if (reading.withdrawn !== undefined) withdrawn.push(reading.withdrawn);
    read.push(...files);
  }
  return {
    values: values as ConfigValues,
    problems: problems as ConfigProblems,
    withdrawn,
    files: read.map(({ path, oid }) => ({ path, oid })),
  };
}

/** Why a change does not pass that mends the configuration; see `ConfigKind.objections`. */
export function objectionsTo(before: ConfigValues, after: ConfigValues): readonly ConfigProblem[] {
  const kinds = Object.entries(CONFIG_KINDS) as [keyof ConfigValues, ConfigKind<unknown>][];
  return kinds.flatMap(([name, kind]) => kind.objections?.(before[name], after[name]) ?? []);
}

function surplusOf(paths: readonly string[]): ConfigProblem[] {
  const path = paths[MAX_CONFIG_FILES];
  const message = `is one of more than ${MAX_CONFIG_FILES} files of its kind, of which no more are read`;
  return path === undefined ? [] : [{ path, line: null, message }];
}

/** The configuration as a revision has it. */
export function treeAt(repository: Repository, revision: string): ConfigTree {
  return {
    paths: async () => (await repository.tree(revision)).keys(),
    read: async (path) => {
      const entry = (await repository.tree(revision)).get(path);
      if (entry === undefined) return null;
      const limits = { maxBytesEach: MAX_CONFIG_BYTES, maxBytesTotal: MAX_CONFIG_BYTES };
      const content =
        entry.mode === 'submodule'
          ? undefined
          : (await repository.readBlobs([entry.oid], limits)).get(entry.oid);
      return {
        path,
        mode: entry.mode,
        oid: entry.oid,
        content: content instanceof Uint8Array ? content : null,
      };
    },
  };
}

/** A tree as a change leaves it: the change's version of what it touches, and of all else that of the tree. */
export function treeAfter(tree: ConfigTree, touched: ReadonlySet<string>, after: ConfigTree): ConfigTree {
  return {
    paths: async () => [
      ...[...(await tree.paths())].filter((path) => !touched.has(path)),
      ...[...(await after.paths())].filter((path) => touched.has(path)),
    ],
    read: (path) => (touched.has(path) ? after : tree).read(path),
  };
}
