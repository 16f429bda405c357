import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VERSION } from '../package-root.ts';
import type { FoundLeak } from './protocol.ts';

const MAX_ENTRIES = 50_000;
const MAX_FILE_BYTES = 16 * 1024 * 1024;
/** One for each set of rules; the oldest go first. */
const MAX_FILES = 8;
const NAME = /^leaks-[0-9a-f]{32}\.json(?:\.[0-9a-f]{16}\.tmp)?$/;

type Entries = Map<string, readonly FoundLeak[]>;

/**
 * What was found in which version, on disk, so that a second look in another process costs nothing. It holds places, kinds
 * and keyed fingerprints; names of files and versions only as keyed digests. Each file is sealed with the same key and for
 * its rules and release: one that was forged, damaged or made for other rules counts as not there.
 */
export class LeakCache {
  readonly #folder: string;
  readonly #key: Uint8Array;
  readonly #files = new Map<string, { readonly entries: Entries; readonly fresh: Entries }>();

  /** @param key the operator's key for fingerprints: without one there is no cache, since nothing could seal it */
  constructor(folder: string, key: Uint8Array) {
    this.#folder = folder;
    this.#key = key;
  }

  /** Reads what is known under a set of rules, once. */
  async load(setupHash: string): Promise<void> {
    if (this.#files.has(setupHash)) return;
    this.#files.set(setupHash, { entries: await this.#read(this.#nameOf(setupHash)), fresh: new Map() });
    for (const old of [...this.#files.keys()].slice(0, -MAX_FILES)) this.#files.delete(old);
  }

  get(setupHash: string, version: string): readonly FoundLeak[] | undefined {
    return this.#files.get(setupHash)?.entries.get(this.#digest(version));
  }

  add(setupHash: string, version: string, leaks: readonly FoundLeak[]): void {
    const file = this.#files.get(setupHash);
    if (file === undefined) return;
    const id = this.#digest(version);
    file.entries.set(id, leaks);
    file.fresh.set(id, leaks);
  }

  /** Adds what is new to the file. A disk that cannot be written to costs time later, and nothing else. */
  async save(setupHash: string): Promise<void> {
    const file = this.#files.get(setupHash);
    if (file === undefined || file.fresh.size === 0) return;
    const name = this.#nameOf(setupHash);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      // Another process may have added to it meanwhile.
      const merged: Entries = new Map([...(await this.#read(name)), ...file.fresh]);
      const target = path.join(this.#folder, name);
      const draft = `${target}.${randomBytes(8).toString('hex')}.tmp`;
      await writeFile(draft, this.#seal(name, bodyOf(merged)), { mode: 0o600, flag: 'wx' });
      await rename(draft, target);
      file.fresh.clear();
      await this.#prune();
    } catch {
      // The next save tries again.
    }
  }

  async #read(name: string): Promise<Entries> {
    try {
      const target = path.join(this.#folder, name);
      if ((await stat(target)).size > MAX_FILE_BYTES + 1024) return new Map();
      const text = await readFile(target, 'utf8');
      const end = text.indexOf('\n');
      const body = text.slice(end + 1);
      const seal = Buffer.from(text.slice(0, end));
      const wanted = Buffer.from(this.#sealOf(name, body));
      if (seal.length !== wanted.length || !timingSafeEqual(seal, wanted)) return new Map();
      return new Map(JSON.parse(body) as [string, readonly FoundLeak[]][]);
    } catch {
      return new Map();
    }
  }

  async #prune(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => NAME.test(name));
    const dated = await Promise.all(
      names.map(async (name) => {
        const file = path.join(this.#folder, name);
        return { file, time: (await stat(file).catch(() => null))?.mtimeMs ?? 0 };
      }),
    );
    dated.sort((a, b) => b.time - a.time);
    for (const { file } of dated.slice(MAX_FILES)) await rm(file, { force: true });
  }

  #nameOf(setupHash: string): string {
    return `leaks-${this.#mac(`file ${VERSION} ${setupHash}`).slice(0, 32)}.json`;
  }

  #digest(version: string): string {
    return this.#mac(`version ${version}`).slice(0, 32);
  }

  #seal(name: string, body: string): string {
    return `${this.#sealOf(name, body)}\n${body}`;
  }

  #sealOf(name: string, body: string): string {
    return this.#mac(`seal ${name}\n${body}`);
  }

  #mac(text: string): string {
    return createHmac('sha256', this.#key).update(`gitops-warden cache ${text}`).digest('hex');
  }
}

/** The latest entries, as many as fit. */
function bodyOf(entries: Entries): string {
  const kept: string[] = [];
  let bytes = 0;
  for (const entry of [...entries].slice(-MAX_ENTRIES).reverse()) {
    const text = JSON.stringify(entry);
    bytes += text.length + 1;
    if (bytes > MAX_FILE_BYTES) break;
    kept.push(text);
  }
  return `[${kept.reverse().join(',')}]`;
}
