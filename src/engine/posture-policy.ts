/** Settings of GitHub that are looked at, by their ids. */
export const CONTROLS = [
  'review-required',
  'code-owner-review',
  'stale-approvals',
  'signed-commits',
  'no-force-push',
  'no-deletion',
  'no-bypass',
  'check-required',
  'check-pinned',
  'up-to-date',
  'code-owners',
  'secret-scanning',
  'push-protection',
  'workflow-token',
  'allowed-actions',
] as const;
export type ControlId = (typeof CONTROLS)[number];

/** `private`: in repositories that not everybody can read, because the issue names what is weak. */
export const DASHBOARDS = ['private', 'always', 'never'] as const;
export type Dashboard = (typeof DASHBOARDS)[number];

/** How the settings of GitHub are looked at. */
export interface PosturePolicy {
  /** Where the App keeps an issue about them. */
  readonly dashboard: Dashboard;
  /** Controls that may stay weak, and why. */
  readonly accept: ReadonlyMap<ControlId, string>;
}

export const DEFAULT_POSTURE: PosturePolicy = { dashboard: 'private', accept: new Map() };
