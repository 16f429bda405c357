import type { ReviewStage } from '../telemetry/metrics.ts';
import { traced } from '../telemetry/tracing.ts';
import type { JobContext } from './dependencies.ts';

/** Measures parts of a review, as metrics and as spans. */
export function stageOf({ environment }: JobContext) {
  return async <T>(name: ReviewStage, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    try {
      return await traced(name, {}, work);
    } finally {
      environment.metrics.reviewStage(name, (performance.now() - started) / 1_000);
    }
  };
}
