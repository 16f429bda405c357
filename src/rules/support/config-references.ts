import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { containersOf, listAt, podSpecsOf, valueAt } from '../../manifests/workload.ts';

/** Something that pods cannot start without. */
export interface ConfigReference {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim';
  readonly name: string;
  readonly pointer: Pointer;
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
  root: unknown,
  way: Pointer,
  field: string,
  at: Pointer,
): ConfigReference[] {
  const source = valueAt(root, way);
  if (!isRecord(source) || source['optional'] === true) return [];
  const name = source[field];
  if (typeof name !== 'string' || name === '' || /\$\{|\{\{|\$\(/.test(name)) return [];
  return [{ kind, name, pointer: [...at, ...way, field] }];
}
