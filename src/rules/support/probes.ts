import { isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import type { Container } from '../../manifests/workload.ts';

export const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** The port that a probe or a hook asks, with its place. */
export interface AskedPort {
  readonly pointer: Pointer;
  readonly port: unknown;
}

/** The ports of the probes and lifecycle hooks of a container. gRPC probes take numbers only. */
export function askedPortsOf({ pointer, value }: Container): AskedPort[] {
  const lifecycle = isRecord(value['lifecycle']) ? value['lifecycle'] : {};
  const handlers = [
    ...PROBES.map((probe) => ({ place: [probe], handler: value[probe] })),
    ...['postStart', 'preStop'].map((hook) => ({ place: ['lifecycle', hook], handler: lifecycle[hook] })),
  ];
  return handlers.flatMap(({ place, handler }) =>
    ['httpGet', 'tcpSocket'].flatMap((action) => {
      const asked = isRecord(handler) ? handler[action] : null;
      if (!isRecord(asked) || asked['port'] === undefined) return [];
      return [{ pointer: [...pointer, ...place, action, 'port'], port: asked['port'] }];
    }),
  );
}
