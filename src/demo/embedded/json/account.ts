import { accountOf, type World } from '../world.ts';

export function nodeId(kind: string, id: number): string {
  return Buffer.from(`${kind}:${id}`).toString('base64');
}

/** GitHub's `simple-user`. */
export function accountJson(world: World, login: string): Record<string, unknown> {
  const account = accountOf(world, login);
  const api = `${world.apiUrl}/users/${encodeURIComponent(login)}`;
  const page = account.type === 'Bot' ? `apps/${login.replace('[bot]', '')}` : login;
  return {
    login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${world.url}/avatars/${account.id}`,
    gravatar_id: '',
    url: api,
    html_url: `${world.url}/${page}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: account.type,
    site_admin: false,
  };
}

/** The account that registered the App. */
const APP_OWNER = 'gitops-warden-demo';
const APP_CREATED_AT = '2026-01-01T00:00:00Z';

/** GitHub's `integration`: the App itself. */
export function appJson(world: World): Record<string, unknown> {
  const { id, slug, permissions, events } = world.app;
  return {
    id,
    slug,
    node_id: nodeId('App', id),
    owner: accountJson(world, APP_OWNER),
    name: slug,
    description: null,
    external_url: `${world.url}/apps/${slug}`,
    html_url: `${world.url}/apps/${slug}`,
    created_at: APP_CREATED_AT,
    updated_at: APP_CREATED_AT,
    permissions,
    events,
  };
}

export function installationJson(world: World, owner: string, id: number): Record<string, unknown> {
  const account = accountOf(world, owner);
  return {
    id,
    account: accountJson(world, owner),
    repository_selection: world.state.allRepositories.has(owner) ? 'all' : 'selected',
    access_tokens_url: `${world.apiUrl}/app/installations/${id}/access_tokens`,
    repositories_url: `${world.apiUrl}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${id}`,
    app_id: world.app.id,
    app_slug: world.app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: world.app.permissions,
    events: world.app.events,
    created_at: APP_CREATED_AT,
    updated_at: APP_CREATED_AT,
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
  };
}
