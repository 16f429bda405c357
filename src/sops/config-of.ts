import { decodeText } from '../engine/judged-file.ts';
import type { Snapshot } from '../engine/change.ts';
import { readSopsConfig, sopsConfigPathsFor, type SopsConfig } from '../manifests/sops-config.ts';

/** Configurations that must be loaded to judge any file. */
export const SOPS_CONFIG_GLOBS = ['**/.sops.yaml'] as const;

/** By folder: in each, every file has the same one. */
const nearest = new WeakMap<Snapshot, Map<string, SopsConfig | null>>();
const configs = new WeakMap<Snapshot, Map<string, SopsConfig | null>>();

/** The nearest `.sops.yaml` above a file; null when there is none that was loaded. */
export function sopsConfigFor(path: string, snapshot: Snapshot): SopsConfig | null {
  let known = nearest.get(snapshot);
  if (known === undefined) nearest.set(snapshot, (known = new Map<string, SopsConfig | null>()));
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  let config = known.get(folder);
  if (config === undefined) {
    const place = sopsConfigPathsFor(path).find((candidate) => snapshot.paths.has(candidate));
    config = place === undefined ? null : sopsConfigAt(place, snapshot);
    known.set(folder, config);
  }
  return config;
}

/** One `.sops.yaml`; null when it was not loaded. */
export function sopsConfigAt(path: string, snapshot: Snapshot): SopsConfig | null {
  let known = configs.get(snapshot);
  if (known === undefined) configs.set(snapshot, (known = new Map<string, SopsConfig | null>()));
  let config = known.get(path);
  if (config === undefined) {
    const content = snapshot.files.get(path)?.content ?? null;
    const text = content === null ? null : decodeText(content);
    config = text === null ? null : readSopsConfig(path, text);
    known.set(path, config);
  }
  return config;
}
