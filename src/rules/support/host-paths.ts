import { posix } from 'node:path';
import { isRecord } from '../../manifests/manifest.ts';
import { isPlaceholder } from '../../manifests/placeholder.ts';
import type { Pointer } from '../../manifests/position.ts';
import type { PodSpec } from '../../manifests/workload.ts';

/** A volume that is a file or directory of the node. */
export interface HostPath {
  readonly volume: string;
  /** Without `..`, double slashes and a slash at the end. */
  readonly path: string;
  /** Of the path, from the root of the manifest. */
  readonly pointer: Pointer;
  /** Every container that mounts it says so, and one does. */
  readonly readOnly: boolean;
}

export function hostPathsOf(pod: PodSpec): HostPath[] {
  const volumes = pod.value['volumes'];
  if (!Array.isArray(volumes)) return [];
  return (volumes as unknown[]).flatMap((volume, index) => {
    const hostPath = isRecord(volume) ? volume['hostPath'] : undefined;
    const path = isRecord(hostPath) ? hostPath['path'] : undefined;
    if (!isRecord(volume) || typeof path !== 'string' || path === '' || isPlaceholder(path)) return [];
    const name = typeof volume['name'] === 'string' ? volume['name'] : '';
    return [
      {
        volume: name,
        path: posix.normalize(`/${path}`).replace(/(?<=.)\/$/, ''),
        pointer: pod.pointerTo(['volumes', String(index), 'hostPath', 'path']),
        readOnly: isReadOnly(pod, name),
      },
    ];
  });
}

function isReadOnly(pod: PodSpec, volume: string): boolean {
  const mounts = pod.containers.flatMap(({ value }) => {
    const list = value['volumeMounts'];
    return Array.isArray(list) ? (list as unknown[]).filter(isRecord) : [];
  });
  const own = mounts.filter(({ name }) => name === volume);
  return own.length > 0 && own.every(({ readOnly }) => readOnly === true);
}
