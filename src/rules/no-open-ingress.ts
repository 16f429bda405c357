import type { ManifestRule, Problem } from '../engine/rule.ts';
import { isRecord } from '../manifests/manifest.ts';
import type { Pointer } from '../manifests/position.ts';

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
    return (spec['ingress'] as unknown[]).flatMap((rule, index) =>
      ruleProblems(rule, ['spec', 'ingress', String(index)]),
    );
  },
};

function ruleProblems(rule: unknown, pointer: Pointer): Problem[] {
  // The API server reads an empty item as a rule without conditions.
  const from = isRecord(rule) ? rule['from'] : null;
  // Text in the place of a list is a template's placeholder, or what the API server refuses.
  if (typeof rule === 'string' || typeof from === 'string') return [];
  if (!Array.isArray(from) || from.length === 0) {
    const hasFrom = isRecord(rule) && 'from' in rule;
    return [
      {
        pointer: hasFrom ? [...pointer, 'from'] : pointer,
        judged: rule,
        message: EVERYWHERE,
        remediation: NAME_PEERS,
      },
    ];
  }
  const blocks = (from as unknown[]).flatMap((peer, index) => {
    const block = isRecord(peer) ? peer['ipBlock'] : null;
    const cidr = isRecord(block) ? block['cidr'] : null;
    return typeof cidr === 'string'
      ? [{ cidr: cidr.trim(), pointer: [...pointer, 'from', String(index), 'ipBlock', 'cidr'] }]
      : [];
  });
  const open = blocks.filter(({ cidr }) => prefixOf(cidr) === 0);
  const halves = ['.', ':'].flatMap((separator) => {
    const half = blocks.filter(({ cidr }) => cidr.includes(separator) && prefixOf(cidr) === 1);
    return new Set(half.map(({ cidr }) => isUpperHalf(cidr))).size === 2 ? half : [];
  });
  return [
    ...open.map(({ cidr, pointer: place }) => ({
      pointer: place,
      judged: cidr,
      values: { cidr: canonical(cidr) },
    })),
    ...halves.map(({ cidr, pointer: place }) => ({ pointer: place, judged: cidr, message: BOTH_HALVES })),
  ];
}

function prefixOf(cidr: string): number | null {
  const match = /^[0-9a-fA-F.:]+\/0*(\d{1,3})$/.exec(cidr);
  return match === null ? null : Number(match[1]);
}

function isUpperHalf(cidr: string): boolean {
  if (!cidr.includes(':')) return Number.parseInt(cidr, 10) >= 128;
  return Number.parseInt(cidr.split(':', 1)[0]?.padStart(4, '0') ?? '0', 16) >= 0x8000;
}

function canonical(cidr: string): string {
  return cidr.includes(':') ? '::/0' : '0.0.0.0/0';
}
