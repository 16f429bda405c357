import { posix } from 'node:path';
import {
  isKustomizationPath,
  kustomizationsByName,
  kustomizationsReaching,
  readKustomization,
  textsOf,
  type Kustomization,
} from '../manifests/kustomization.ts';
import { isRecord } from '../manifests/manifest.ts';
import type { FileVersion, Snapshot } from './change.ts';
import { decodeText, parsedYaml } from './judged-file.ts';

/** A kustomization file: what it deploys, and all that is written in it. */
export interface KustomizationFile extends Kustomization {
  /** `.` for the root of the repository. */
  readonly folder: string;
  readonly text: string;
  /** Empty when it is not `readable`. */
  readonly value: Readonly<Record<string, unknown>>;
  /** False when it is no map, or no YAML. */
  readonly readable: boolean;
}

const NONE: readonly KustomizationFile[] = [];

/** The loaded kustomizations of a revision, read once for all that judge it. */
export class Kustomizations {
  readonly all: readonly KustomizationFile[];
  readonly byFolder: ReadonlyMap<string, KustomizationFile>;
  /** Files that they name as patches. */
  readonly patches: ReadonlySet<string>;
  /** What they name to be deployed, and not as a patch. */
  readonly resources: ReadonlySet<string>;
  /** Those that are applied to what others deploy, by their folders. */
  readonly components: ReadonlyMap<string, readonly KustomizationFile[]>;
  readonly #byName: ReadonlyMap<string, readonly KustomizationFile[]>;
  readonly #above = new Map<readonly KustomizationFile[], readonly KustomizationFile[]>();

  constructor({ files }: Pick<Snapshot, 'files'>) {
    this.all = [...files].flatMap(([path, version]) => {
      const { content } = version;
      const text = content !== null && isKustomizationPath(path) ? decodeText(content) : null;
      return text === null ? [] : [read(path, text, version)];
    });
    this.byFolder = new Map(this.all.map((one) => [one.folder, one]));
    this.patches = new Set(this.all.flatMap(({ patches }) => patches));
    const resources = this.all.flatMap(({ references }) => references);
    this.resources = new Set(resources.filter((path) => !this.patches.has(path)));
    this.components = Map.groupBy(
      this.all.filter(({ component }) => component),
      ({ folder }) => folder,
    );
    this.#byName = sharingEqualLists(kustomizationsByName(this.all));
  }

  /** Those that name a file or folder themselves, as a resource or as a patch; for equal answers the same list. */
  naming(path: string): readonly KustomizationFile[] {
    return this.#byName.get(path) ?? NONE;
  }

  /** Those that deploy a file, with the components that they add: each may change what is in it. */
  above(path: string): readonly KustomizationFile[] {
    const naming = this.naming(path);
    let found = this.#above.get(naming);
    if (found === undefined) {
      const reaching = kustomizationsReaching(naming, this.#byName);
      const added = reaching.flatMap(componentsOf).flatMap((folder) => this.byFolder.get(folder) ?? []);
      found = [...new Set([...reaching, ...added])];
      this.#above.set(naming, found);
    }
    return found;
  }
}

const known = new WeakMap<Snapshot, Kustomizations>();

/** Needs `KUSTOMIZATION_GLOBS` as a rule's context. */
export function kustomizationsOf(snapshot: Snapshot): Kustomizations {
  let all = known.get(snapshot);
  if (all === undefined) known.set(snapshot, (all = new Kustomizations(snapshot)));
  return all;
}

const patchTexts = new WeakMap<KustomizationFile, readonly (string | null)[]>();

/** The files that a kustomization names as patches; null for one that was not loaded, or is no text. */
export function patchTextsOf(one: KustomizationFile, { files }: Snapshot): readonly (string | null)[] {
  let texts = patchTexts.get(one);
  if (texts === undefined) {
    texts = one.patches.map((path) => {
      const content = files.get(path)?.content ?? null;
      return content === null ? null : decodeText(content);
    });
    patchTexts.set(one, texts);
  }
  return texts;
}

function read(path: string, text: string, version: FileVersion): KustomizationFile {
  const value = parsedYaml(version, text).documents[0]?.value;
  return {
    ...readKustomization(path, value),
    folder: posix.dirname(path),
    text,
    value: isRecord(value) ? value : {},
    readable: isRecord(value),
  };
}

function componentsOf({ folder, value }: KustomizationFile): string[] {
  return textsOf(value['components']).map((component) =>
    posix.normalize(posix.join(folder, component)).replace(/\/$/, ''),
  );
}

/** What the same kustomizations name has the same answers: thousands of files of one folder share them. */
function sharingEqualLists(
  byName: ReadonlyMap<string, readonly KustomizationFile[]>,
): ReadonlyMap<string, readonly KustomizationFile[]> {
  const shared = new Map<string, readonly KustomizationFile[]>();
  return new Map(
    [...byName].map(([name, list]) => {
      const key = list.map(({ path }) => path).join('\0');
      const kept = shared.get(key) ?? list;
      shared.set(key, kept);
      return [name, kept];
    }),
  );
}
