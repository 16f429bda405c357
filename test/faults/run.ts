/**
 * Lets each request of a review fail in each way, at the first and at the second push, and compares what stands on
 * GitHub in the end with a run without the fault.
 *
 *   npm run test:faults
 */
import { allCases, difference, runCase } from './support/fault-cases.ts';
import { openReviewWorld } from './support/review-world.ts';

/** Worlds side by side: most of the time is spent waiting for git. */
const WORLDS = 4;

const cases = allCases();
const waiting = [...cases];
let held = 0;
let strays = 0;

async function work(): Promise<void> {
  const world = await openReviewWorld();
  try {
    const expected = await runCase(world, null);
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const name = `${one.call}: ${one.failure}, ${one.times}, at the ${one.moment}`;
      const problem = await runCase(world, one).then(
        (actual) => difference(one, expected, actual),
        (error: unknown) => String(error),
      );
      if (problem === null) held += 1;
      else console.log(`${name}\n  ${problem}`);
    }
    for (const violation of world.github.contractViolations) console.log(violation);
    strays += world.github.contractViolations.length;
  } finally {
    await world.close();
  }
}

await Promise.all(Array.from({ length: WORLDS }, work));
console.log(`faults: ${String(cases.length)} cases, ${String(held)} held`);
process.exitCode = held === cases.length && strays === 0 ? 0 : 1;
