import type { ProbotOctokit } from 'probot';
import type { Worker } from '../jobs/worker.ts';
import type { Store } from '../store/store.ts';
import { GitHubError } from './errors.ts';

const STORE_LIMIT = 2_000;
/** How long the first answer waits for GitHub's word about the key, in milliseconds. */
const KEY_LIMIT = 2_000;
/** How long GitHub's word about the key counts, in milliseconds. */
const KEY_VALID = 5 * 60_000;
/** A worker that has not looked for work for so long is stuck, in milliseconds. */
const STUCK_AFTER = 60_000;

const STUCK =
  'The queue is stuck: the worker here does not look for work any more, or none of its jobs ends.';

export interface Readiness {
  /** What keeps the App from doing its work, as sentences. */
  problems(): Promise<readonly string[]>;
  /** From now on nothing more is taken in. */
  drain(): void;
}

/**
 * Tells whether this replica should be sent webhooks. GitHub being away is no reason not to: events are kept until it
 * is back.
 */
export function createReadiness(
  store: Store,
  worker: Worker,
  appClient: () => Promise<ProbotOctokit>,
): Readiness {
  let draining = false;
  let keyChecked = -Infinity;
  let keyProblem: string | null = null;
  let first: Promise<void> | null = null;

  async function checkKey(): Promise<void> {
    if (performance.now() - keyChecked < KEY_VALID && keyProblem === null) return;
    keyChecked = performance.now();
    try {
      await (await appClient()).request('GET /app');
      keyProblem = null;
    } catch (error) {
      // GitHub knows no App of that number, or the key is not that App's.
      const refused =
        error instanceof GitHubError && (error.kind === 'unauthorized' || error.kind === 'not-found');
      keyProblem = refused
        ? "GitHub does not accept the App's key: check APP_ID and the private key, and the clock of this machine."
        : null;
    }
  }

  /** An answer must not wait for GitHub: the latest word counts while the next one is asked for. Only the first is awaited. */
  async function keyWord(): Promise<void> {
    const asked = checkKey();
    first ??= asked;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, KEY_LIMIT);
    });
    await Promise.race([first, late]);
    clearTimeout(timer);
  }

  async function checkStore(): Promise<string | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => {
        resolve('The store does not answer.');
      }, STORE_LIMIT);
    });
    const asked = store.ping().then(
      () => null,
      () => 'The store cannot be reached; the log says why.',
    );
    const problem = await Promise.race([asked, late]);
    clearTimeout(timer);
    return problem;
  }

  return {
    async problems() {
      if (draining) return ['This replica is stopping.'];
      await keyWord();
      const stuck = worker.idleSince() > STUCK_AFTER ? STUCK : null;
      return [await checkStore(), keyProblem, stuck].flatMap((problem) => problem ?? []);
    },
    drain() {
      draining = true;
    },
  };
}
