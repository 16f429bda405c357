import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { parseQuantity } from '../../manifests/quantity.ts';
import { containersOf, podSpecsOf } from '../../manifests/workload.ts';

/** A request, and the limit for the same resource if there is one. */
export interface ResourcePair {
  /** Of the request. */
  readonly pointer: Pointer;
  readonly resource: string;
  readonly request: number;
  readonly limit: number | null;
  /** As they are written. */
  readonly written: readonly [request: string, limit: string];
}

/** The requests of all containers, and of pods as a whole. Placeholders are left out, with what belongs to them. */
export function resourcePairsOf(manifest: Manifest): ResourcePair[] {
  return [...containersOf(manifest), ...podSpecsOf(manifest)].flatMap(({ pointer, value }) => {
    const resources = value['resources'];
    if (!isRecord(resources) || !isRecord(resources['requests'])) return [];
    const limits = isRecord(resources['limits']) ? resources['limits'] : {};
    return Object.entries(resources['requests']).flatMap(([resource, text]) => {
      const written = limits[resource] ?? null;
      const [request, limit] = [parseQuantity(text), parseQuantity(written)];
      if (!isScalar(text) || request === null) return [];
      if (written !== null && (!isScalar(written) || limit === null)) return [];
      const place = [...pointer, 'resources', 'requests', resource];
      return [
        { pointer: place, resource, request, limit, written: [String(text), String(written)] as const },
      ];
    });
  });
}

function isScalar(value: unknown): value is string | number | bigint {
  return ['string', 'number', 'bigint'].includes(typeof value);
}
