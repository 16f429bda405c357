import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { trace, type Attributes, type SpanStatus } from '@opentelemetry/api';
import { traced } from '../../src/telemetry/tracing.ts';

interface Recorded {
  readonly name: string;
  readonly attributes: Attributes;
  status: SpanStatus | null;
  ended: boolean;
}

let spans: Recorded[];

beforeEach(() => {
  spans = [];
});

afterAll(() => {
  trace.disable();
});

/** As much of an SDK as the API needs. The first one that is registered stays. */
function registerSdk(): void {
  const startActiveSpan = (
    name: string,
    options: { attributes: Attributes },
    work: (span: object) => unknown,
  ) => {
    const recorded: Recorded = { name, attributes: { ...options.attributes }, status: null, ended: false };
    spans.push(recorded);
    return work({
      setStatus: (status: SpanStatus) => (recorded.status = status),
      setAttribute: (key: string, value: string) => (recorded.attributes[key] = value),
      end: () => (recorded.ended = true),
    });
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startActiveSpan }) } as never);
}

test('without an SDK work is done as it is', async () => {
  await expect(traced('name', {}, () => Promise.resolve(7))).resolves.toBe(7);
  await expect(traced('name', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('with one a span says what was done and that it ended well', async () => {
  registerSdk();
  await traced('judge', { pullRequest: 7 }, () => Promise.resolve());
  expect(spans).toEqual([{ name: 'judge', attributes: { pullRequest: 7 }, status: null, ended: true }]);
});

test('a failure shows as one, by its kind and without its text', async () => {
  await traced('judge', {}, () => Promise.reject(new TypeError('a text that may quote anything'))).catch(
    () => undefined,
  );
  expect(spans[0]).toMatchObject({ attributes: { 'error.type': 'TypeError' }, ended: true });
  expect(JSON.stringify(spans)).not.toContain('quote');
});
