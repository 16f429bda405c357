import { onLine, openReviewWorld } from '../test/faults/support/review-world.ts';
import type { Finding } from '../src/engine/finding.ts';
import { at, fileSubject } from '../test/support/report-fixture.ts';

export interface PushCount {
  readonly findings: number;
  readonly push: string;
  readonly requests: number;
  /** Of them, those that write: GitHub allows 80 of them a minute that make content. */
  readonly writes: number;
}

const SIZES = [1, 50, 500];
const FILES = 50;

/** Every other one on a line of the diff, the rest in files that did not change. */
function findingsOf(count: number): Finding[] {
  return Array.from({ length: count }, (_unused, index) => {
    const elsewhere = { subject: fileSubject(`base/${String(index % FILES)}.yaml`, at(index + 1)) };
    return onLine(index + 1, 1 + (index % 100), index % 2 === 0 ? {} : elsewhere);
  });
}

/** Counts the requests of reviews with few and many findings: of the first push, of the tenth, and of one that mends all. */
export async function countPushes(): Promise<PushCount[]> {
  const counts: PushCount[] = [];
  const world = await openReviewWorld();
  try {
    for (const size of SIZES) {
      const pull = await world.open();
      const count = async (push: string, findings: readonly Finding[]): Promise<void> => {
        const before = world.requests();
        await pull.push(findings);
        const made = world.github.requests.slice(before);
        const reads = made.filter(
          ({ method, body }) => method === 'GET' || JSON.stringify(body).includes('"query":"query'),
        ).length;
        counts.push({ findings: size, push, requests: made.length, writes: made.length - reads });
      };
      const findings = findingsOf(size);
      await count('first push', findings);
      for (let push = 2; push < 10; push += 1) await pull.push(findings);
      await count('tenth push, nothing changed', findings);
      await count('eleventh push, all mended', []);
    }
    return counts;
  } finally {
    await world.close();
  }
}
