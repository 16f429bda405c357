import { expect } from '@jest/globals';
import type { PullRequest } from '../../../src/demo/embedded/state.ts';
import { change, judge, openPullRequest, type FaultWorld } from './world.ts';
import { until } from '../../support/until.ts';

/** People at work: pull requests that are open, and every head that each has had. */
export interface Traffic {
  readonly pulls: readonly PullRequest[];
  /** Opens so many further pull requests. */
  open(count: number): Promise<void>;
  /** Pushes one commit to every pull request. */
  push(): Promise<void>;
  /** Pushes to one pull request after the other until the function that it gives is called. */
  keepPushing(pause: number): () => Promise<void>;
  /** Resolves when nothing is lost on GitHub, and checks that nothing stands there twice. */
  healed(): Promise<void>;
}

/** Whatever would still post something twice gets this time to do so, in milliseconds. */
const AFTERMATH = 2_000;

export function startTraffic(world: FaultWorld): Traffic {
  const pulls: PullRequest[] = [];
  const heads = new Map<number, string[]>();
  let serial = 0;

  async function pushTo(pull: PullRequest): Promise<void> {
    serial += 1;
    await world.github.pushToPullRequest(pull, {
      files: change(serial),
      message: `Change ${String(serial)}`,
    });
    heads.get(pull.number)?.push(pull.head.sha);
  }

  return {
    pulls,
    async open(count) {
      for (let index = 0; index < count; index += 1) {
        serial += 1;
        const pull = await openPullRequest(world, `change-${String(serial)}`, serial);
        pulls.push(pull);
        heads.set(pull.number, [pull.head.sha]);
      }
    },
    async push() {
      for (const pull of pulls) await pushTo(pull);
    },
    keepPushing(pause) {
      let going = true;
      const ended = (async () => {
        for (let turn = 0; isGoing(); turn += 1) {
          const pull = pulls[turn % pulls.length];
          if (pull !== undefined) await pushTo(pull);
          await wait(pause);
        }
      })();
      function isGoing(): boolean {
        return going;
      }
      return () => {
        going = false;
        return ended;
      };
    },
    async healed() {
      const outcome = (): ReturnType<typeof judge> => judge(world, pulls, heads);
      await until(() => outcome().lost.length === 0, { describe: () => outcome().lost.join(', ') });
      await wait(AFTERMATH);
      expect(outcome()).toEqual({ lost: [], doubled: [] });
      expect(world.github.contractViolations).toEqual([]);
    },
  };
}

export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** How many checks of ours are in progress on the heads of open pull requests. */
export function checksInProgress(world: FaultWorld, { pulls }: Traffic): number {
  return pulls
    .flatMap((pull) => world.github.checkRuns(world.repository, pull.head.sha))
    .filter(({ status }) => status !== 'completed').length;
}
