import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { listAt } from '../../manifests/workload.ts';
import { addressBlocks, bothHalves, everywhere } from '../support/open-addresses.ts';

const BLOCK =
  'NetworkPolicy `{name}` lets the pods send to every address there is: whoever gets into one of them can carry off data ' +
  'to anywhere.';
/** DNS may be asked anywhere: the cluster's own resolver is the one that answers. */
const DNS: ReadonlySet<unknown> = new Set([53, '53', 'dns', 'dns-tcp', 'domain']);

export const noOpenEgress: ManifestRule = {
  scope: 'manifest',
  judge(manifest, { file }) {
    if (file?.template === true) return [];
    const rules = listAt(manifest.value, ['spec', 'egress']).map((rule, index) => ({
      rule,
      pointer: ['spec', 'egress', String(index)],
    }));
    const types = listAt(manifest.value, ['spec', 'policyTypes']);
    if (types.length > 0 && !types.includes('Egress')) return [];
    const judged = rules.filter(({ rule }) => !isDnsOnly(rule));
    const blocks = judged.flatMap(({ rule, pointer }) =>
      addressBlocks(listAt(rule, ['to']), [...pointer, 'to']),
    );
    return [
      ...judged.flatMap(({ rule, pointer }) => missingPeers(rule, pointer)),
      ...[
        ...everywhere(blocks).filter((block) => !hasException(manifest.value, block.pointer)),
        ...bothHalves(blocks),
      ].map(({ cidr, pointer }) => ({ pointer, judged: cidr, message: BLOCK })),
    ];
  },
};

/** `0.0.0.0/0` except private ranges means the internet, and was meant. */
function hasException(root: unknown, pointer: Pointer): boolean {
  return listAt(root, [...pointer.slice(0, -1), 'except']).length > 0;
}

function isDnsOnly(rule: unknown): boolean {
  const ports = listAt(rule, ['ports']);
  return ports.length > 0 && ports.every((port) => isRecord(port) && DNS.has(port['port']));
}

function missingPeers(rule: unknown, pointer: Pointer): Problem[] {
  const to = isRecord(rule) ? rule['to'] : null;
  if (typeof rule === 'string' || typeof to === 'string' || (Array.isArray(to) && to.length > 0)) return [];
  return [{ pointer: isRecord(rule) && 'to' in rule ? [...pointer, 'to'] : pointer, judged: rule }];
}
