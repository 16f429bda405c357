import type { FileVersion, Snapshot } from './change.ts';
import { openFile, type OpenedFile } from './judged-file.ts';
import { isChartTemplate } from './template.ts';

/**
 * What is kept takes some seven times its text in memory, most of which the index of objects holds anyway; what is not
 * kept is opened again.
 */
const MAX_KEPT_BYTES = 48 * 1024 * 1024;
/** A file that takes a tenth of the room is opened again rather than kept. Definitions that are shipped together take two MiB. */
const MAX_KEPT_FILE = 5 * 1024 * 1024;

/** Opens versions of files, most of them once, however often and on whichever side they are asked for. */
export class OpenedFiles {
  readonly #kept = new Map<FileVersion, OpenedFile>();
  /** The same by what they hold, if the same may stand on both sides. */
  readonly #alike: Map<string, OpenedFile> | null;
  #left = MAX_KEPT_BYTES;

  constructor(sides: 'both' | 'one') {
    this.#alike = sides === 'both' ? new Map() : null;
  }

  open(version: FileVersion, snapshot: Snapshot): OpenedFile {
    const before = this.#kept.get(version);
    if (before !== undefined) return before;
    const { path, mode, oid, content } = version;
    if (content === null || content.length > MAX_KEPT_FILE) return openFile(path, version, snapshot);
    const key =
      this.#alike === null ? '' : `${oid} ${mode} ${String(isChartTemplate(path, snapshot))} ${path}`;
    let opened = this.#alike?.get(key);
    if (opened === undefined) {
      opened = openFile(path, version, snapshot);
      if (content.length > this.#left) return opened;
      this.#left -= content.length;
      this.#alike?.set(key, opened);
    }
    this.#kept.set(version, opened);
    return opened;
  }
}
