import { posix } from 'node:path';
import type { Snapshot } from '../../engine/change.ts';
import { decodeText } from '../../engine/judged-file.ts';
import { isKustomizationPath } from '../../manifests/kustomization.ts';
import { asList, isRecord } from '../../manifests/manifest.ts';
import { parseYaml } from '../../manifests/yaml-parse.ts';

/** A file that a `secretGenerator` of kustomize makes a Secret of. */
export interface GeneratorSource {
  readonly kustomization: string;
  readonly secret: string;
  /** Lines of `KEY=value`, or one value as a whole. */
  readonly form: 'envs' | 'files';
  /** The key that the value gets. */
  readonly key: string;
}

const sources = new WeakMap<Snapshot, ReadonlyMap<string, GeneratorSource>>();

/** The generator that reads `path`, among the kustomizations that were loaded; null when none does. */
export function generatorSourceOf(path: string, snapshot: Snapshot): GeneratorSource | null {
  let known = sources.get(snapshot);
  if (known === undefined) sources.set(snapshot, (known = readSources(snapshot)));
  return known.get(path) ?? null;
}

function readSources(snapshot: Snapshot): Map<string, GeneratorSource> {
  const found = new Map<string, GeneratorSource>();
  for (const [path, { content }] of snapshot.files) {
    if (!isKustomizationPath(path) || content === null || !Buffer.from(content).includes('secretGenerator'))
      continue;
    const text = decodeText(content);
    const root = text === null ? undefined : parseYaml(path, text).documents[0]?.value;
    const generators = isRecord(root) ? root['secretGenerator'] : undefined;
    if (!Array.isArray(generators)) continue;
    for (const generator of generators as unknown[]) {
      if (isRecord(generator))
        for (const [file, source] of sourcesOf(path, generator)) found.set(file, source);
    }
  }
  return found;
}

function sourcesOf(
  kustomization: string,
  generator: Readonly<Record<string, unknown>>,
): (readonly [string, GeneratorSource])[] {
  const secret = typeof generator['name'] === 'string' ? generator['name'] : '(unnamed)';
  const resolve = (file: string): string => posix.normalize(posix.join(posix.dirname(kustomization), file));
  const envs = [generator['env'], ...asList(generator['envs'])].filter((file) => typeof file === 'string');
  const files = asList(generator['files']).filter((file) => typeof file === 'string');
  return [
    ...envs.map((file) => [resolve(file), { kustomization, secret, form: 'envs', key: '' }] as const),
    ...files.map((entry) => {
      // `key=path`; without a key, the file's name is the key.
      const equals = entry.indexOf('=');
      const file = entry.slice(equals + 1);
      const key = equals < 0 ? posix.basename(file) : entry.slice(0, equals);
      return [resolve(file), { kustomization, secret, form: 'files', key }] as const;
    }),
  ];
}
