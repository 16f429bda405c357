import type { ManifestRule } from '../../engine/rule.ts';
import { podSpecsOf } from '../../manifests/workload.ts';
import { hostPathsOf } from '../support/host-paths.ts';
import { looksAfterNodes } from '../support/node-agents.ts';
import { once } from '../support/once.ts';

/** Docker, containerd (k3s and microk8s too), CRI-O, Podman, and what stands between Docker and the kubelet. */
const SOCKET = /\/(?:docker|containerd|crio|podman|cri-dockerd|dockershim)\.sock$/;

export const noContainerRuntimeSocket: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    return once(podSpecsOf(manifest).flatMap(hostPathsOf))
      .filter(({ path }) => SOCKET.test(path))
      .map(({ volume, path, pointer }) => ({
        pointer,
        judged: path,
        values: { volume, socket: path },
        ...(looksAfterNodes(manifest) ? { severity: 'warning' as const } : {}),
      }));
  },
};
