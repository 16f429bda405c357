/**
 * Kills workers at random moments while events arrive, and then looks at what stands on GitHub.
 *
 *   npm run test:kill -- --rounds 100 [--store sqlite|postgresql] [--replicas 2] [--seed N] [--keep]
 */
import { parseArgs } from 'node:util';
import type { PullRequest } from '../../src/demo/embedded/state.ts';
import { HAS_POSTGRES, startPostgres } from '../support/postgres.ts';
import type { Replica } from './support/replicas.ts';
import { change, judge, openFaultWorld, openPullRequest, type FaultWorld } from './support/world.ts';
import { until } from '../support/until.ts';

const PULL_REQUESTS = 5;
/** Between a kill and the next round: long enough for some reviews to finish, too short for all. */
const ROUND_MILLISECONDS = 1_200;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    store: { type: 'string', default: 'sqlite' },
    replicas: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const replicaCount = Number(values.replicas);
if (!Number.isInteger(rounds) || rounds < 1 || !['sqlite', 'postgresql'].includes(values.store)) {
  throw new Error(
    'Usage: npm run test:kill -- --rounds N [--store sqlite|postgresql] [--replicas N] [--seed N]',
  );
}
if (values.store === 'postgresql' && !HAS_POSTGRES) throw new Error('PostgreSQL is not installed.');

/** The same moments for the same seed: https://en.wikipedia.org/wiki/Linear_congruential_generator */
let state = BigInt(values.seed);
function random(): number {
  state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 64n;
  return Number(state >> 11n) / 2 ** 53;
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

async function run(world: FaultWorld): Promise<{ lost: number; doubled: number }> {
  const replicas: Replica[] = [];
  for (let index = 0; index < replicaCount; index += 1) replicas.push(await world.start());
  world.route(replicas);
  const pulls: PullRequest[] = [];
  const heads = new Map<number, string[]>();
  for (let index = 0; index < PULL_REQUESTS; index += 1) {
    const pull = await openPullRequest(world, `change-${String(index)}`, index);
    pulls.push(pull);
    heads.set(pull.number, [pull.head.sha]);
  }
  for (let round = 1; round <= rounds; round += 1) {
    const victim = Math.floor(random() * replicas.length);
    const events = pushSome(world, pulls, heads, round);
    await pause(random() * ROUND_MILLISECONDS);
    replicas[victim]?.kill('SIGKILL');
    await replicas[victim]?.ended;
    world.route(replicas.filter((_, index) => index !== victim));
    await events;
    replicas[victim] = await world.start();
    world.route(replicas);
    if (round % 10 === 0) process.stdout.write(`round ${String(round)} of ${String(rounds)}\n`);
  }
  await world.github.settled();
  await until(() => judge(world, pulls, heads).lost.length === 0, {
    describe: () => judge(world, pulls, heads).lost.join(', '),
  }).catch((error: unknown) => {
    process.stdout.write(`${String(error)}\n`);
  });
  // Whatever would still post something twice gets the time to do so.
  await pause(3_000);
  const { lost, doubled } = judge(world, pulls, heads);
  for (const line of [...lost, ...doubled, ...world.github.contractViolations])
    process.stdout.write(`${line}\n`);
  for (const replica of replicas) replica.kill('SIGTERM');
  const codes = await Promise.all(replicas.map(({ ended }) => ended));
  if (codes.some((code) => code !== 0))
    process.stdout.write(`A replica did not stop well: ${codes.join(', ')}\n`);
  return { lost: lost.length + codes.filter((code) => code !== 0).length, doubled: doubled.length };
}

async function pushSome(
  world: FaultWorld,
  pulls: readonly PullRequest[],
  heads: Map<number, string[]>,
  round: number,
): Promise<void> {
  for (const [index, pull] of pulls.entries()) {
    if (random() < 0.5) continue;
    const serial = round * PULL_REQUESTS + index;
    await world.github.pushToPullRequest(pull, { files: change(serial), message: `Round ${String(round)}` });
    heads.get(pull.number)?.push(pull.head.sha);
    await pause(random() * 100);
  }
}

const server = values.store === 'postgresql' ? await startPostgres() : null;
const world = await openFaultWorld({ databaseUrl: server?.url ?? null });
let failed = true;
try {
  process.stdout.write(`store: ${values.store}, replicas: ${values.replicas}, seed: ${values.seed}\n`);
  const { lost, doubled } = await run(world);
  failed = lost + doubled > 0;
  process.stdout.write(`rounds: ${String(rounds)}, lost: ${String(lost)}, doubled: ${String(doubled)}\n`);
} finally {
  if (values.keep) process.stdout.write(`kept: ${world.directory}\n`);
  else await world.close();
  server?.remove();
}
process.exit(failed ? 1 : 0);
