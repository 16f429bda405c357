import { minimatch } from 'minimatch';
import type { EmbeddedRepository, State } from './state.ts';

/** A ruleset as GitHub's API shows it, without what the server adds. */
export interface Ruleset {
  readonly id: number;
  readonly name: string;
  readonly enforcement: 'active' | 'evaluate' | 'disabled';
  /** Patterns for full names of branches, and `~DEFAULT_BRANCH` and `~ALL`. */
  readonly include: readonly string[];
  readonly rules: readonly { readonly type: string; readonly parameters?: object }[];
  readonly bypassActors: readonly object[];
}

/** What the settings pages of a repository hold, as GitHub's API shows it. */
export interface RepositorySettings {
  /** By branch. */
  readonly protection: Readonly<Record<string, object>>;
  readonly rulesets: readonly Ruleset[];
  /** GitHub's `security_and_analysis`; null when the plan has none. */
  readonly security: object | null;
  readonly actions: object;
  readonly workflowToken: object;
  readonly codeOwnersErrors: readonly object[];
}

/** A new repository of a user: nothing is guarded. */
export const NEW_SETTINGS: RepositorySettings = {
  protection: {},
  rulesets: [],
  security: {
    secret_scanning: { status: 'disabled' },
    secret_scanning_push_protection: { status: 'disabled' },
  },
  actions: { enabled: true, allowed_actions: 'all', sha_pinning_required: false },
  workflowToken: { default_workflow_permissions: 'read', can_approve_pull_request_reviews: false },
  codeOwnersErrors: [],
};

export function settingsOf(state: State, repository: EmbeddedRepository): RepositorySettings {
  return state.settings.get(repository.id) ?? NEW_SETTINGS;
}

/** The rulesets that are in force for a branch. */
export function rulesetsFor(
  state: State,
  repository: EmbeddedRepository,
  branch: string,
): readonly Ruleset[] {
  return settingsOf(state, repository).rulesets.filter(
    ({ enforcement, include }) =>
      enforcement === 'active' &&
      include.some((pattern) => {
        if (pattern === '~ALL') return true;
        if (pattern === '~DEFAULT_BRANCH') return branch === repository.defaultBranch;
        return minimatch(`refs/heads/${branch}`, pattern);
      }),
  );
}
