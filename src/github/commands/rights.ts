import type { Finding } from '../../engine/finding.ts';
import { firstVerdictAt } from '../api/check-runs.ts';
import { getParticipants } from '../api/people.ts';
import type { JobContext } from '../dependencies.ts';
import { mayApprove, type Right } from './approver.ts';
import { waivableOf } from './findings.ts';
import type { Scene } from './job-scene.ts';

/** Who asks, and where. */
export interface Asker {
  readonly login: string;
  /** When the comment was written, in milliseconds since the epoch. */
  readonly at: number;
  /** Names the comment. */
  readonly comment: string;
}

/** Whoever approves must have been able to see what: a head that was pushed a moment before is not it. */
export async function notSeen(
  { api, environment }: JobContext,
  { pull }: Scene,
  asker: Asker,
): Promise<string | null> {
  const shown = await firstVerdictAt(api, pull.headSha, environment.appId);
  // GitHub counts comments in whole seconds.
  if (shown !== null && Math.floor(shown / 1_000) <= Math.floor(asker.at / 1_000)) return null;
  return 'When this was written, the check on the current head had no verdict yet. Look at what it says now, and write the command again.';
}

/** Nobody approves of what he has made himself. */
export async function rightToWaive(
  context: JobContext,
  scene: Scene,
  asker: Asker,
  findings: readonly Finding[],
): Promise<Right> {
  const login = asker.login.toLowerCase();
  const participants = await getParticipants(context.api, scene.pull.number);
  const own = (what: string): Right => ({
    may: false,
    why: `Whoever ${what} cannot waive what it brings: somebody else has to.`,
  });
  if (participants.author.toLowerCase() === login) return own('opened the pull request');
  if (participants.committers.has(login)) return own('made one of its commits');
  if (participants.pushers.has(login)) return own('pushed one of its commits');
  // Who pushes to a fork GitHub tells nobody else, and its owner may.
  if (participants.forkOwner === login) return own('owns the fork from which it comes');
  if (!participants.complete)
    return {
      may: false,
      why: 'GitHub does not list all commits of this pull request, or not all pushes to its branch, so nobody can tell who made them. Open a smaller one from a new branch.',
    };
  return holdsRight(
    context,
    scene,
    asker,
    findings.map((finding) => waivableOf(finding).path),
  );
}

/** @param paths null among them: something that is no file */
export async function holdsRight(
  { api, repository }: JobContext,
  scene: Scene,
  asker: Asker,
  paths: readonly (string | null)[],
): Promise<Right> {
  const files = [...new Set(paths)].flatMap((path) => path ?? []);
  return mayApprove(api, await scene.policy(), {
    login: asker.login,
    organisation: repository.owner,
    paths: paths.includes(null) ? null : files,
    ownersOf: scene.ownersOf,
  });
}
