import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import {
  addressBlocks,
  bothHalves,
  canonical,
  everywhere,
  type AddressBlock,
} from '../support/open-addresses.ts';

const EVERYWHERE =
  'NetworkPolicy `{name}` has an ingress rule without `from`, which lets in traffic from everywhere: pods of other ' +
  'teams, and the internet where the pods can be reached from there.';
const NAME_PEERS =
  'Name who may connect under `from`: a `podSelector`, a `namespaceSelector`, or an `ipBlock` of your own network.';
const BOTH_HALVES =
  'NetworkPolicy `{name}` lets in two halves of the address space, which together are every address.';

export const noOpenIngress: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    const spec = manifest.value['spec'];
    if (!isRecord(spec) || !Array.isArray(spec['ingress'])) return [];
    const types = spec['policyTypes'];
    // Rules of a direction that is not listed have no effect.
    if (Array.isArray(types) && types.length > 0 && !types.includes('Ingress')) return [];
    const rules = (spec['ingress'] as unknown[]).map((rule, index) => ({
      rule,
      pointer: ['spec', 'ingress', String(index)],
    }));
    const blocks = rules.flatMap(({ rule, pointer }) => blocksOf(rule, pointer));
    return [
      ...rules.flatMap(({ rule, pointer }) => missingPeers(rule, pointer)),
      ...everywhere(blocks).map(({ cidr, pointer }) => ({
        pointer,
        judged: cidr,
        values: { cidr: canonical(cidr) },
      })),
      ...byPorts(rules)
        .flatMap(bothHalves)
        .map(({ cidr, pointer }) => ({ pointer, judged: cidr, message: BOTH_HALVES })),
    ];
  },
};

/** Two rules for the same ports are one. */
function byPorts(rules: readonly { rule: unknown; pointer: Pointer }[]): AddressBlock[][] {
  const groups = new Map<string, AddressBlock[]>();
  for (const { rule, pointer } of rules) {
    const ports = JSON.stringify(isRecord(rule) ? (rule['ports'] ?? null) : null);
    groups.set(ports, [...(groups.get(ports) ?? []), ...blocksOf(rule, pointer)]);
  }
  return [...groups.values()];
}

function blocksOf(rule: unknown, pointer: Pointer): AddressBlock[] {
  const from = isRecord(rule) ? rule['from'] : null;
  return Array.isArray(from) ? addressBlocks(from as unknown[], [...pointer, 'from']) : [];
}

function missingPeers(rule: unknown, pointer: Pointer): Problem[] {
  // The API server reads an empty item as a rule without conditions.
  const from = isRecord(rule) ? rule['from'] : null;
  // Text in the place of a list is a template's placeholder, or what the API server refuses.
  if (typeof rule === 'string' || typeof from === 'string') return [];
  if (Array.isArray(from) && from.length > 0) return [];
  const hasFrom = isRecord(rule) && 'from' in rule;
  return [
    {
      pointer: hasFrom ? [...pointer, 'from'] : pointer,
      judged: rule,
      // Many publish a server's policy so on purpose; an address that means everybody is more often a slip.
      severity: 'warning',
      message: EVERYWHERE,
      remediation: NAME_PEERS,
    },
  ];
}
