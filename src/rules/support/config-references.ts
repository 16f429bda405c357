import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { holdsExpression } from '../../manifests/placeholder.ts';
import type { Pointer } from '../../manifests/position.ts';
import { containersOf, listAt, podSpecsOf, valueAt } from '../../manifests/workload.ts';

/** Something that pods cannot start without. */
export interface ConfigReference {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim';
  readonly name: string;
  readonly pointer: Pointer;
  /** The keys that it takes out of it, where it does not take all. */
  readonly keys: readonly { readonly pointer: Pointer; readonly name: string }[];
}

const ENV: readonly (readonly ['ConfigMap' | 'Secret', string])[] = [
  ['ConfigMap', 'configMap'],
  ['Secret', 'secret'],
];

/** Every ConfigMap, Secret and claim that pods of an object need; optional ones are left out. */
export function configReferencesOf(manifest: Manifest): ConfigReference[] {
  return [
    ...containersOf(manifest).flatMap(({ pointer, value }) => containerReferences(value, pointer)),
    ...podSpecsOf(manifest).flatMap(({ pointer, value }) => volumeReferences(value, [...pointer, 'volumes'])),
  ];
}

function containerReferences(container: Readonly<Record<string, unknown>>, root: Pointer): ConfigReference[] {
  const single = listAt(container, ['env']).flatMap((variable, index) =>
    ENV.flatMap(([kind, field]) =>
      reference(kind, variable, ['valueFrom', `${field}KeyRef`], 'name', [...root, 'env', String(index)]),
    ),
  );
  const whole = listAt(container, ['envFrom']).flatMap((source, index) =>
    ENV.flatMap(([kind, field]) =>
      reference(kind, source, [`${field}Ref`], 'name', [...root, 'envFrom', String(index)]),
    ),
  );
  return [...single, ...whole];
}

function volumeReferences(spec: unknown, root: Pointer): ConfigReference[] {
  return listAt(spec, ['volumes']).flatMap((volume, index) => {
    const at = [...root, String(index)];
    return [
      ...reference('ConfigMap', volume, ['configMap'], 'name', at),
      ...reference('Secret', volume, ['secret'], 'secretName', at),
      ...reference('PersistentVolumeClaim', volume, ['persistentVolumeClaim'], 'claimName', at),
      ...listAt(volume, ['projected', 'sources']).flatMap((source, sourceIndex) =>
        ENV.flatMap(([kind, field]) =>
          reference(kind, source, [field], 'name', [...at, 'projected', 'sources', String(sourceIndex)]),
        ),
      ),
    ];
  });
}

function reference(
  kind: ConfigReference['kind'],
  holder: unknown,
  way: Pointer,
  field: string,
  at: Pointer,
): ConfigReference[] {
  const source = valueAt(holder, way);
  if (!isRecord(source) || source['optional'] === true) return [];
  const name = source[field];
  if (typeof name !== 'string' || name === '' || /\$\{|\{\{|\$\(/.test(name)) return [];
  const root = [...at, ...way];
  return [{ kind, name, pointer: [...root, field], keys: keysOf(source, root) }];
}

/** `key` of a variable, and `items` of a volume. */
function keysOf(source: Readonly<Record<string, unknown>>, root: Pointer): ConfigReference['keys'] {
  const items = listAt(source, ['items']).map((item, index) => ({
    holder: item,
    at: [...root, 'items', String(index)],
  }));
  return [{ holder: source, at: root }, ...items].flatMap(({ holder, at }) => {
    const name = isRecord(holder) ? holder['key'] : undefined;
    return typeof name === 'string' && name !== '' && !holdsExpression(name)
      ? [{ pointer: [...at, 'key'], name }]
      : [];
  });
}
