import type { EmbeddedRepository, State } from './state.ts';

/** What the settings pages of a repository hold, as GitHub's API shows it. */
export interface RepositorySettings {
  /** GitHub's `security_and_analysis`; null when the plan has none. */
  readonly security: object | null;
  readonly actions: object;
  readonly workflowToken: object;
  readonly codeOwnersErrors: readonly object[];
}

/** A new repository of a user: nothing is guarded. */
export const NEW_SETTINGS: RepositorySettings = {
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
