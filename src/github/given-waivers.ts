import type { Waiver } from '../engine/waiver.ts';
import type { GivenWaiver } from '../store/waivers.ts';
import type { JobContext } from './dependencies.ts';

/** The waivers that comments on a pull request gave, the ended ones too. */
export async function givenWaivers(
  { environment, repository }: JobContext,
  pullRequest: number,
): Promise<readonly Waiver[]> {
  const given = await environment.waivers.of(repository.id, pullRequest);
  return given.map(toWaiver);
}

function toWaiver({ fingerprint, digest, reason, approver, until }: GivenWaiver): Waiver {
  return { scope: { type: 'finding', fingerprint, digest }, reason, approver, until, origin: 'comment' };
}

/** The pull request that a group of the merge queue is named after: `…/pr-NUMBER-SHA`. */
export function pullRequestOfGroup(headRef: string): number | null {
  const number = /\/pr-(\d{1,10})-[0-9a-f]{40,64}$/.exec(headRef)?.[1];
  return number === undefined ? null : Number(number);
}
