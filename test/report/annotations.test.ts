import { describe, expect, test } from '@jest/globals';
import { annotate } from '../../src/report/annotations.ts';
import { renderCheckRun } from '../../src/report/check-run.ts';
import { at, failing, fileSubject, finding, manyFindings } from '../support/report-fixture.ts';

const NONE: ReadonlySet<string> = new Set();
const inFile = (path: string, count: number, prefix: string) =>
  Array.from({ length: count }, (_unused, index) =>
    finding({
      fingerprint: `${prefix}${index.toString(16).padStart(32 - prefix.length, '0')}`,
      message: `Message ${prefix}${String(index)}.`,
      subject: fileSubject(path, at(index + 1)),
    }),
  );

describe('of very many findings', () => {
  test('200 have an annotation each', () => {
    const { annotations, left } = annotate([failing(manyFindings(200))], NONE);
    expect([annotations.length, left]).toEqual([200, 0]);
    expect(annotations.every(({ title }) => title === 'no-open-ingress')).toBe(true);
  });

  test('those of one file share one, and none is lost', () => {
    const findings = [...inFile('a.yaml', 250, 'a'), ...inFile('b.yaml', 250, 'b')];
    const { annotations, left } = annotate([failing(findings)], NONE);
    expect(left).toBe(0);
    expect(annotations.map(({ path, start_line, title }) => [path, start_line, title])).toEqual([
      ['a.yaml', 1, '250 findings in this file'],
      ['b.yaml', 1, '250 findings in this file'],
    ]);
    const told = annotations.map(({ message }) => message).join('\n');
    for (const { message } of findings) expect(told).toContain(`: ${message}`);
    expect(told).toContain('Line 250, no-open-ingress: Message a249.');
  });

  test('warnings do not share one with errors', () => {
    const warnings = inFile('a.yaml', 150, 'b').map((one) => ({ ...one, severity: 'warning' as const }));
    const { annotations } = annotate([failing([...inFile('a.yaml', 150, 'a'), ...warnings])], NONE);
    expect(annotations.map((one) => one.annotation_level)).toEqual(['failure', 'warning']);
  });

  test('long messages are spread over several, each of a size that GitHub takes', () => {
    const findings = inFile('a.yaml', 300, 'a').map((one) => ({ ...one, message: '漢'.repeat(1_000) }));
    const { annotations, left } = annotate([failing(findings)], NONE);
    expect(left).toBe(0);
    expect(annotations.length).toBeGreaterThan(10);
    for (const { message } of annotations) expect(Buffer.byteLength(message)).toBeLessThanOrEqual(64 * 1024);
  });

  test('the least severe are left out when there are too many files, and that is said', () => {
    const errors = manyFindings(150);
    const warnings = manyFindings(150, { severity: 'warning' }).map((one, index) => ({
      ...one,
      fingerprint: `f${index.toString(16).padStart(31, '0')}`,
    }));
    const { annotations, summary } = renderCheckRun(failing([...errors, ...warnings]));
    expect(annotations).toHaveLength(200);
    expect(annotations.filter((one) => one.annotation_level === 'failure')).toHaveLength(150);
    expect(summary).toContain('100 findings found no room among the annotations.');
  });
});
