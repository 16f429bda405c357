import { isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { listAt } from '../../manifests/workload.ts';
import { type Part } from './argo-application.ts';

/** One generator of an ApplicationSet: its settings, and what kind it is. */
export interface Generator extends Part {
  readonly type: string;
}

/** Matrix and merge generators hold more generators; Argo CD allows two levels. */
const MAX_DEPTH = 4;

export function generatorsOf(applicationSet: Readonly<Record<string, unknown>>): Generator[] {
  return nested(applicationSet, ['spec'], 0);
}

function nested(root: unknown, at: Pointer, depth: number): Generator[] {
  if (depth >= MAX_DEPTH) return [];
  const pointer = [...at, 'generators'];
  return listAt(root, pointer).flatMap((generator, index) => {
    if (!isRecord(generator)) return [];
    return Object.entries(generator).flatMap(([type, value]) => {
      if (!isRecord(value)) return [];
      const own = [...pointer, String(index), type];
      return [{ type, pointer: own, value }, ...nested(root, own, depth + 1)];
    });
  });
}
