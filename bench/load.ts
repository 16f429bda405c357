/**
 * Sends the App more than it usually gets: a burst of webhooks, and pull requests without a pause. GitHub is the embedded
 * one, on this machine, without its gaps between writes and without the network's delay; so the figures say what the App
 * costs, and docs/scaling.md says what GitHub allows.
 *
 *   npm run bench:load -- [--quick]
 *
 * Ends with 1 when a delivery or a review was lost, or when the burst's p99 with an idle worker is 250 ms or more. With
 * `--quick`, as on a machine that does other things beside, the time is only said.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openStore } from '../src/store/store.ts';
import { CONNECTIONS, measureBurst, type Burst, type BurstKind } from './load/burst.ts';
import { setDeadline, type Deadline } from './load/deadline.ts';
import { growthBetween, measureFill } from './load/growth.ts';
import { openStoreSource, STORE_NAMES, type StoreSource } from './load/stores.ts';
import { measureSustained, type Sustained, type Workers } from './load/sustained.ts';
import { burstTable, growthTable, percentile, sustainedTable, whole, type Measured } from './load/table.ts';
import { openLoadWorld, type LoadWorld } from './load/world.ts';

const LIMIT = 600_000;
const P99_LIMIT = 250;
const BURSTS: readonly BurstKind[] = ['idle', 'reviewing'];
const WORKERS: readonly Workers[] = [
  { processes: 1, each: 1 },
  { processes: 1, each: 4 },
  { processes: 4, each: 1 },
];

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const deliveries = 2_000;
const reviews = values.quick ? 10 : 40;

async function measure(source: StoreSource, world: LoadWorld, deadline: Deadline): Promise<Measured> {
  const bursts: Burst[] = [];
  for (const kind of BURSTS) {
    progress(`${source.name}: burst, worker ${kind}`);
    const store = await source.empty(kind);
    bursts.push(await measureBurst({ world, store, kind, count: deliveries, deadline }));
  }
  const settings = await source.empty('sustained');
  const mirrors = path.join(settings.dataDirectory, 'mirrors');
  const store = await openStore(settings);
  try {
    const before = await measureFill(store.database);
    const sustained: Sustained[] = [];
    for (const workers of WORKERS) {
      progress(`${source.name}: ${String(workers.processes)} × CONCURRENCY=${String(workers.each)}`);
      const options = { world, settings, store, mirrors, workers, reviews, deadline };
      sustained.push(await measureSustained(options));
    }
    const judged = await store.database.read('SELECT count(*) AS heads FROM judged_heads');
    const growth = growthBetween(before, await measureFill(store.database), Number(judged[0]?.['heads']));
    return { store: source.name, bursts, sustained, growth };
  } finally {
    await store.close();
  }
}

function progress(text: string): void {
  console.error(`${(performance.now() / 1_000).toFixed(0).padStart(4)} s  ${text}`);
}

function report(all: readonly Measured[]): void {
  const bytes = all[0]?.bursts[0]?.bodyBytes ?? 0;
  console.log(`Measured on ${String(availableParallelism())} cores with Node.js ${process.version}.`);
  console.log(
    `\nBurst: ${whole(deliveries)} deliveries of ${(bytes / 1024).toFixed(0)} KiB over ${String(CONNECTIONS)} connections`,
  );
  console.log(burstTable(all));
  console.log(
    `\nSustained: ${String(reviews)} reviews of 5 changed files among 100, every second one with a finding`,
  );
  console.log(sustainedTable(all));
  console.log('\nWhat a review leaves in the store');
  console.log(growthTable(all));
  if (!STORE_NAMES.includes('PostgreSQL')) console.log('\nPostgreSQL is not installed: it was not measured.');
}

/** Milliseconds. */
function p99({ bursts }: Measured): number {
  const idle = bursts.find(({ kind }) => kind === 'idle');
  return percentile(idle?.milliseconds ?? [], 0.99);
}

const all: Measured[] = [];
const deadline = setDeadline(LIMIT);
let failed = false;
for (const name of STORE_NAMES) {
  const [world, source] = await Promise.all([openLoadWorld(), openStoreSource(name)]);
  try {
    all.push(await measure(source, world, deadline));
  } catch (error) {
    console.error(`${name} was not measured to the end: ${(error as Error).message}`);
    failed = true;
  } finally {
    await Promise.all([source.remove(), world.close()]);
  }
}
report(all);
const lost = all.flatMap(({ bursts }) => bursts).reduce((sum, burst) => sum + burst.lost, 0);
const unfinished = all.flatMap(({ sustained }) => sustained).reduce((sum, one) => sum + one.unfinished, 0);
const times = all.map((measured) => `${p99(measured).toFixed(0)} ms (${measured.store})`).join(' / ');
console.log(`\nload: ${whole(deliveries)} deliveries, lost: ${whole(lost)}, p99: ${times}`);
const slow = all.some((measured) => p99(measured) >= P99_LIMIT);
if (slow) console.log(`p99 is above ${String(P99_LIMIT)} ms.`);
process.exitCode = failed || (slow && !values.quick) || lost > 0 || unfinished > 0 ? 1 : 0;
