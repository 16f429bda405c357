import { posix } from 'node:path';
import { isRecord } from './manifest.ts';
import type { Pointer } from './position.ts';

/** What a field of a kustomization may name. `chart`: a folder that needs no kustomization in it. */
export type ReferenceKind = 'file' | 'folder' | 'either' | 'chart';

/** A file or folder that a kustomization names. */
export interface KustomizeReference {
  readonly pointer: Pointer;
  /** The field at the root of the kustomization. */
  readonly field: string;
  /** As written, without the `key=` of a generator. */
  readonly text: string;
  readonly kind: ReferenceKind;
}

const LISTS: readonly (readonly [string, ReferenceKind])[] = [
  ['resources', 'either'],
  ['bases', 'either'],
  ['components', 'folder'],
  ['crds', 'file'],
  ['configurations', 'file'],
  ['generators', 'either'],
  ['transformers', 'either'],
  ['validators', 'either'],
  ['patchesStrategicMerge', 'file'],
];
/** Fields whose items may also be the YAML itself. */
const INLINE: ReadonlySet<string> = new Set([
  'generators',
  'transformers',
  'validators',
  'patchesStrategicMerge',
]);

/** Everything that a kustomization names, remote things too, in the order of its fields. */
export function kustomizeReferences(root: Readonly<Record<string, unknown>>): KustomizeReference[] {
  return [
    ...LISTS.flatMap(([field, kind]) =>
      texts(root[field], [field])
        .filter(({ text }) => !INLINE.has(field) || !isInlineYaml(text))
        .map((one) => ({ ...one, field, kind })),
    ),
    ...['patches', 'patchesJson6902', 'replacements'].flatMap((field) =>
      records(root[field], [field]).flatMap(({ pointer, value }) =>
        textOf(value['path'], [...pointer, 'path'], field, 'file'),
      ),
    ),
    ...['configMapGenerator', 'secretGenerator'].flatMap((field) => generatorReferences(root[field], field)),
    ...(isRecord(root['openapi'])
      ? textOf(root['openapi']['path'], ['openapi', 'path'], 'openapi', 'file')
      : []),
    ...helmReferences(root),
  ];
}

function generatorReferences(list: unknown, field: string): KustomizeReference[] {
  return records(list, [field]).flatMap(({ pointer, value }) => [
    ...['files', 'envs'].flatMap((key) =>
      texts(value[key], [...pointer, key]).map((one) => ({
        ...one,
        // `key=path` renames the key; the lines of an env file name theirs.
        text: key === 'files' ? one.text.slice(one.text.indexOf('=') + 1) : one.text,
        field,
        kind: 'file' as const,
      })),
    ),
    ...textOf(value['env'], [...pointer, 'env'], field, 'file'),
  ]);
}

/** A chart without a repository must stand in the folder of charts. */
function helmReferences(root: Readonly<Record<string, unknown>>): KustomizeReference[] {
  const globals = isRecord(root['helmGlobals']) ? root['helmGlobals'] : {};
  const home = typeof globals['chartHome'] === 'string' ? globals['chartHome'] : 'charts';
  return records(root['helmCharts'], ['helmCharts']).flatMap(({ pointer, value }) => [
    ...textOf(value['valuesFile'], [...pointer, 'valuesFile'], 'helmCharts', 'file'),
    ...texts(value['additionalValuesFiles'], [...pointer, 'additionalValuesFiles']).map((one) => ({
      ...one,
      field: 'helmCharts',
      kind: 'file' as const,
    })),
    ...(typeof value['name'] === 'string' && (value['repo'] === undefined || value['repo'] === '')
      ? textOf(posix.join(home, value['name']), [...pointer, 'name'], 'helmCharts', 'chart')
      : []),
  ]);
}

function textOf(value: unknown, pointer: Pointer, field: string, kind: ReferenceKind): KustomizeReference[] {
  return typeof value === 'string' && value !== '' ? [{ pointer, field, text: value, kind }] : [];
}

function texts(value: unknown, root: Pointer): { pointer: Pointer; text: string }[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).flatMap((text, index) =>
    typeof text === 'string' && text !== '' ? [{ pointer: root.concat(String(index)), text }] : [],
  );
}

function records(value: unknown, root: Pointer): { pointer: Pointer; value: Record<string, unknown> }[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).flatMap((item, index) =>
    isRecord(item) ? [{ pointer: root.concat(String(index)), value: item }] : [],
  );
}

function isInlineYaml(text: string): boolean {
  return /\n|^\s*[{[]|:\s/.test(text);
}

/**
 * Whether kustomize fetches it: a URL, or Git's forms of one.
 * https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/git/repospec.go
 * A host without a scheme was understood by versions before 5.
 */
export function isRemoteReference(text: string): boolean {
  return (
    /^(?:git::|gh:|[a-z][a-z0-9+.-]*:\/\/|github\.com[/:])/i.test(text) ||
    /^[\w.-]+@[\w.-]+[:/]/.test(text) ||
    /[?&](?:ref|version)=/.test(text) ||
    /^[\w-]+(?:\.[\w-]+)+\/.*(?:\.git\b|\/\/)/.test(text)
  );
}

/** The revision that a remote reference names; null when it takes whatever the default branch holds. */
export function revisionOf(text: string): string | null {
  const query = text.slice(text.indexOf('?') + 1);
  if (query === text) return null;
  const parameters = new URLSearchParams(query);
  // An empty one counts as none.
  return [parameters.get('ref'), parameters.get('version')].find((one) => one !== null && one !== '') ?? null;
}

/** From the root of the repository; it starts with `..` when it leads out of it. */
export function resolveReference(folder: string, text: string): string {
  return posix.normalize(posix.join(folder, text)).replace(/\/+$/, '') || '.';
}
