import { isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';

/** An `ipBlock` among the peers of a NetworkPolicy's rule. */
export interface AddressBlock {
  readonly cidr: string;
  readonly pointer: Pointer;
}

/** @param pointer way to the list of peers */
export function addressBlocks(peers: readonly unknown[], pointer: Pointer): AddressBlock[] {
  return peers.flatMap((peer, index) => {
    const block = isRecord(peer) ? peer['ipBlock'] : null;
    const cidr = isRecord(block) ? block['cidr'] : null;
    return typeof cidr === 'string'
      ? [{ cidr: cidr.trim(), pointer: [...pointer, String(index), 'ipBlock', 'cidr'] }]
      : [];
  });
}

/** Blocks that are every address there is. */
export function everywhere(blocks: readonly AddressBlock[]): AddressBlock[] {
  return blocks.filter(({ cidr }) => prefixOf(cidr) === 0);
}

/** Blocks of half of the addresses, where both halves are there. */
export function bothHalves(blocks: readonly AddressBlock[]): AddressBlock[] {
  return ['.', ':'].flatMap((separator) => {
    const half = blocks.filter(({ cidr }) => cidr.includes(separator) && prefixOf(cidr) === 1);
    return new Set(half.map(({ cidr }) => isUpperHalf(cidr))).size === 2 ? half : [];
  });
}

function prefixOf(cidr: string): number | null {
  const match = /^[0-9a-fA-F.:]+\/0*(\d{1,3})$/.exec(cidr);
  return match === null ? null : Number(match[1]);
}

function isUpperHalf(cidr: string): boolean {
  if (!cidr.includes(':')) return Number.parseInt(cidr, 10) >= 128;
  return Number.parseInt(cidr.split(':', 1)[0]?.padStart(4, '0') ?? '0', 16) >= 0x8000;
}

/** The block as it is known. */
export function canonical(cidr: string): string {
  return cidr.includes(':') ? '::/0' : '0.0.0.0/0';
}
