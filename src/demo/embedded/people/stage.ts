import type { Webhooks } from '../webhooks.ts';
import type { World } from '../world.ts';

/** Where people act: what they do changes the world and is delivered to the App. */
export interface Stage {
  readonly world: World;
  readonly webhooks: Webhooks;
}

/** Acts where a caller names nobody. */
export const DEFAULT_USER = 'octocat';
