import { SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';

/** Without an OpenTelemetry SDK, which an operator loads with `node --import`, all of this does nothing. */
const tracer = trace.getTracer('gitops-warden');

/** Does work within a span, which says how long it took and whether it failed. No attribute may hold a secret. */
export function traced<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      // The kind of error only: a message may quote what it was about.
      const kind = error instanceof Error ? error.name : 'stopped';
      span.setStatus({ code: SpanStatusCode.ERROR, message: kind });
      span.setAttribute('error.type', kind);
      throw error;
    } finally {
      span.end();
    }
  });
}
