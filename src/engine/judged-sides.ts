import type { ChangeSet, FileVersion, Snapshot } from './change.ts';
import { compileGlobs } from './globs.ts';
import type { OpenedFile } from './judged-file.ts';
import { indexObjects, type ObjectIndex } from './object-index.ts';
import { OpenedFiles } from './opened-files.ts';
import type { JudgedFile } from './rule.ts';
import type { Steps } from './steps.ts';

export type Side = 'base' | 'head';

/** The files of both sides of a change, opened when they are needed, and what of their objects rules compare. */
export class JudgedSides {
  /** Those that are judged: a scan has no base. */
  readonly names: readonly Side[];
  readonly #change: ChangeSet;
  readonly #opened: OpenedFiles;
  readonly #files = new Map<Side, ReadonlyMap<string, () => JudgedFile>>();
  readonly #objects = new Map<Side, ObjectIndex>();

  constructor(change: ChangeSet) {
    this.#change = change;
    this.#opened = new OpenedFiles(change.base === null ? 'one' : 'both');
    this.names = change.base === null ? ['head'] : ['head', 'base'];
  }

  /**
   * Has to be done before anything is judged.
   *
   * @param kinds whose objects rules compare
   * @param exclude globs of files that are never deployed
   */
  *index(kinds: ReadonlySet<string>, exclude: readonly string[]): Steps<void> {
    const excluded = compileGlobs(exclude);
    for (const side of this.names) {
      const files = this.files(side).values();
      this.#objects.set(
        side,
        yield* indexObjects(files, kinds, this.snapshot(side), (path) => !excluded(path)),
      );
    }
  }

  snapshot(side: Side): Snapshot {
    return side === 'head' ? this.#change.after : this.#change.before;
  }

  open(version: FileVersion, side: Side): OpenedFile {
    return this.#opened.open(version, this.snapshot(side));
  }

  /** The loaded files of a side; each is opened when it is asked for. */
  files(side: Side): ReadonlyMap<string, () => JudgedFile> {
    const known = this.#files.get(side);
    if (known !== undefined) return known;
    const files = new Map<string, () => JudgedFile>();
    for (const [path, version] of this.snapshot(side).files) {
      if (version.content !== null) files.set(path, () => this.open(version, side).file);
    }
    this.#files.set(side, files);
    return files;
  }

  objects(side: Side): ObjectIndex {
    const index = this.#objects.get(side);
    if (index === undefined) throw new Error(`The objects of the ${side} have not been indexed`);
    return index;
  }

  /** The text of a file that is YAML or JSON. */
  yamlText(path: string, side: Side): string | null {
    const version = this.snapshot(side).files.get(path);
    if (version === undefined || version.content === null) return null;
    const { file } = this.open(version, side);
    return file.yaml === null ? null : file.text;
  }
}
