import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { METRICS } from './definitions.ts';
import type { MetricName } from './definitions.ts';

type NameOf<T extends string> = {
  [N in MetricName]: (typeof METRICS)[N]['type'] extends T ? N : never;
}[MetricName];
type LabelOf<N extends MetricName> = (typeof METRICS)[N]['labels'][number];

/** Makes the metrics that `METRICS` defines, with their own types of labels. */
export interface Instruments {
  readonly counter: <N extends NameOf<'counter'>>(name: N) => Counter<LabelOf<N>>;
  readonly gauge: <N extends NameOf<'gauge'>>(name: N) => Gauge<LabelOf<N>>;
  readonly histogram: <N extends NameOf<'histogram'>>(name: N) => Histogram<LabelOf<N>>;
}

export function createInstruments(registry: Registry): Instruments {
  function options<N extends MetricName>(
    name: N,
  ): { name: N; help: string; labelNames: readonly LabelOf<N>[]; registers: Registry[] } {
    const labelNames: readonly LabelOf<N>[] = METRICS[name].labels;
    return { name, help: METRICS[name].help, labelNames, registers: [registry] };
  }
  return {
    counter: (name) => new Counter(options(name)),
    gauge: (name) => new Gauge(options(name)),
    histogram: (name) => new Histogram({ ...options(name), buckets: [...METRICS[name].buckets] }),
  };
}
