import type { ManifestRule } from '../../engine/rule.ts';
import { podSpecsOf } from '../../manifests/workload.ts';
import { hostPathsOf, type HostPath } from '../support/host-paths.ts';
import { looksAfterNodes } from '../support/node-agents.ts';
import { once } from '../support/once.ts';

const WRITABLE = 'It can be written to, so whoever gets into the pod owns the node.';
const READABLE = 'It is mounted read-only, and what stands there is enough to go on from.';

/** Whoever writes here owns the node, and nothing that looks after nodes has to. */
const OWNS_THE_NODE = ['/', '/etc', '/etc/kubernetes', '/root', '/var/lib/etcd'];
/** Directories with everything below them. */
const TREES = [
  '/boot',
  '/etc',
  '/proc',
  '/root',
  '/sys',
  '/var/lib/containerd',
  '/var/lib/docker',
  '/var/lib/etcd',
  '/var/lib/kubelet',
  '/var/lib/rancher',
];
/** Directories that hold such things among others. */
const HOLDERS = [
  '/',
  '/bin',
  '/dev',
  '/lib',
  '/run',
  '/sbin',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/var',
  '/var/lib',
  '/var/run',
];
/** What everybody may know, and nobody may change. */
const HARMLESS =
  /^\/etc\/(?:hosts|hostname|localtime|machine-id|os-release|resolv\.conf|timezone|ca-certificates|ssl\/certs|pki\/(?:tls|ca-trust))(?:\/|$)/;

export const noSensitiveHostPath: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    const isBad = looksAfterNodes(manifest) ? ownsTheNode : isSensitive;
    return once(podSpecsOf(manifest).flatMap(hostPathsOf))
      .filter(isBad)
      .map(({ volume, path, pointer, readOnly }) => ({
        pointer,
        judged: [path, readOnly],
        consequence: readOnly ? READABLE : WRITABLE,
        values: { volume, hostPath: path },
      }));
  },
};

function ownsTheNode({ path, readOnly }: HostPath): boolean {
  return !readOnly && OWNS_THE_NODE.includes(path);
}

function isSensitive({ path, readOnly }: HostPath): boolean {
  if (readOnly && HARMLESS.test(path)) return false;
  return HOLDERS.includes(path) || TREES.some((tree) => path === tree || path.startsWith(`${tree}/`));
}
