import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText, isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { CONTAINER_LISTS, containersOf, listAt, podSpecsOf, valueAt } from '../../manifests/workload.ts';
import { placedObjectsOf, type PlacedObject } from '../support/placed-objects.ts';
import { WORKLOAD_KINDS } from '../support/pod-index.ts';

const REFUSED = 'the API server refuses the object.';
const TWICE = `{kind} \`{name}\` has two {what} named \`{twice}\`, and such names must be unique: ${REFUSED}`;
const RENAME = 'Give one of them another name, or take it out.';
const SAME_PATH = `Container \`{container}\` of {kind} \`{name}\` mounts two volumes at one path: ${REFUSED}`;
const OTHER_PATH = 'Mount one of them elsewhere, or take it out.';
const NO_VOLUME = `Container \`{container}\` of {kind} \`{name}\` mounts the volume \`{volume}\`, which the pod does not have: ${REFUSED}`;
const ADD_VOLUME = 'Add it under `volumes`, or correct the name; the pod has {known}.';
const ADD_FIRST = 'Add it under `volumes`, or take the mount out.';

export const consistentPodSpec: RepositoryRule = {
  scope: 'repository',
  kinds: WORKLOAD_KINDS,
  context: KUSTOMIZATION_GLOBS,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    return WORKLOAD_KINDS.flatMap((kind) => placed.ofKind(kind)).flatMap((one) => {
      const { form, manifest } = one.object;
      if (form !== 'whole') return [];
      const at = { path: one.object.path, manifest: one.object.position };
      return [...duplicates(manifest), ...missingVolumes(manifest, one)].map((problem) => ({
        ...problem,
        ...at,
      }));
    });
  },
};

function duplicates(manifest: Manifest): Problem[] {
  return [
    ...podSpecsOf(manifest).flatMap(({ pointer }) => [
      ...repeated(
        manifest,
        CONTAINER_LISTS.map((list) => [...pointer, list]),
        'name',
        'containers',
      ),
      ...repeated(manifest, [[...pointer, 'volumes']], 'name', 'volumes'),
    ]),
    ...containersOf(manifest).flatMap(({ pointer }) => [
      ...repeated(manifest, [[...pointer, 'ports']], 'name', 'ports'),
      ...repeated(manifest, [[...pointer, 'volumeMounts']], 'mountPath', null),
    ]),
  ];
}

/** @param what null: paths of mounts, which have a message of their own */
function repeated(
  manifest: Manifest,
  lists: readonly Pointer[],
  key: string,
  what: string | null,
): Problem[] {
  const seen = new Set<string>();
  return lists.flatMap((list) =>
    listAt(manifest.value, list).flatMap((item, index): Problem[] => {
      const name = isRecord(item) ? asText(item[key]) : null;
      if (name === null) return [];
      if (!seen.has(name)) {
        seen.add(name);
        return [];
      }
      return [
        {
          pointer: [...list, String(index), key],
          judged: [what, name],
          ...(what === null
            ? { message: SAME_PATH, remediation: OTHER_PATH }
            : { message: TWICE, remediation: RENAME, values: { what, twice: name } }),
        },
      ];
    }),
  );
}

function missingVolumes(manifest: Manifest, { units }: PlacedObject): Problem[] {
  return podSpecsOf(manifest).flatMap((spec) => {
    const volumes = new Set(
      [
        ...listAt(spec.value, ['volumes']),
        // A StatefulSet makes a claim for each of its pods.
        ...listAt(manifest.value, ['spec', 'volumeClaimTemplates']).map((claim) =>
          valueAt(claim, ['metadata']),
        ),
      ].flatMap((volume) => (isRecord(volume) ? (asText(volume['name']) ?? []) : [])),
    );
    return containersOf(manifest).flatMap(({ pointer }) =>
      ['volumeMounts', 'volumeDevices'].flatMap((field) =>
        listAt(manifest.value, [...pointer, field]).flatMap((mount, index) => {
          const volume = isRecord(mount) ? asText(mount['name']) : null;
          if (volume === null || volumes.has(volume) || /\$\{|\{\{/.test(volume)) return [];
          if (units.some(({ patches }) => patches(volume))) return [];
          return [
            {
              pointer: [...pointer, field, String(index), 'name'],
              judged: volume,
              message: NO_VOLUME,
              remediation: volumes.size === 0 ? ADD_FIRST : ADD_VOLUME,
              values: { volume, known: [...volumes].slice(0, 8).join(', ') },
            },
          ];
        }),
      ),
    );
  });
}
