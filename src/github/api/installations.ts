import type { ProbotOctokit } from 'probot';
import type { RepositoryRef } from '../job.ts';
import { PAGE_SIZE } from './api.ts';

/** Pages of 100; a sweep that meets more goes on at its next run. */
export interface Page<T> {
  readonly items: readonly T[];
  /** False when there is another page. */
  readonly last: boolean;
}

/** Installations that are not suspended. @param app the client that is authenticated as the App */
export async function listInstallations(
  app: ProbotOctokit,
  page: number,
): Promise<Page<{ readonly id: number }>> {
  const { data } = await app.request('GET /app/installations', { per_page: PAGE_SIZE, page });
  return {
    items: data.filter((one) => one.suspended_at === null).map(({ id }) => ({ id })),
    last: data.length < PAGE_SIZE,
  };
}

/** Whether an installation covers all repositories of its owner, those to come as well. */
export async function hasAllRepositories(app: ProbotOctokit, installationId: number): Promise<boolean> {
  const { data } = await app.request('GET /app/installations/{installation_id}', {
    installation_id: installationId,
  });
  return data.repository_selection === 'all';
}

/** Repositories on which the App is installed, without archived ones: nothing can change there. */
export async function listInstalledRepositories(
  octokit: ProbotOctokit,
  page: number,
): Promise<Page<RepositoryRef>> {
  const { data } = await octokit.request('GET /installation/repositories', { per_page: PAGE_SIZE, page });
  return {
    items: data.repositories
      .filter((repository) => !repository.archived)
      .map((repository) => ({
        id: Number(repository.id),
        owner: repository.owner.login,
        name: repository.name,
        isPrivate: repository.private,
        defaultBranch: repository.default_branch,
      })),
    last: data.repositories.length < PAGE_SIZE,
  };
}

export interface HookDelivery {
  readonly id: number;
  /** The same for every attempt to deliver one event. */
  readonly guid: string;
  /** Milliseconds since the epoch. */
  readonly deliveredAt: number;
  readonly delivered: boolean;
}

export interface HookDeliveries {
  readonly items: readonly HookDelivery[];
  /** Where the next page begins; null at the end. */
  readonly cursor: string | null;
}

/** Deliveries of the App's webhook, newest first; GitHub keeps those of the last days. */
export async function listHookDeliveries(app: ProbotOctokit, cursor: string | null): Promise<HookDeliveries> {
  const { data, headers } = await app.request('GET /app/hook/deliveries', {
    per_page: PAGE_SIZE,
    ...(cursor === null ? {} : { cursor }),
  });
  return {
    items: data.map((one) => ({
      id: Number(one.id),
      guid: one.guid,
      deliveredAt: Date.parse(one.delivered_at),
      delivered: one.status_code >= 200 && one.status_code < 300,
    })),
    cursor: nextCursor(headers.link),
  };
}

/** Asks GitHub to deliver an event once more; twice does no harm, because a delivery is accepted once. */
export async function redeliver(app: ProbotOctokit, id: number): Promise<void> {
  await app.request('POST /app/hook/deliveries/{delivery_id}/attempts', {
    delivery_id: id,
    request: { repeatable: true },
  });
}

/** Only the cursor is taken from the link, never where it leads. */
function nextCursor(link: string | undefined): string | null {
  const next = (link ?? '').split(',').find((part) => /;\s*rel="next"/.test(part));
  const url = /<([^>]+)>/.exec(next ?? '')?.[1];
  return url === undefined ? null : (URL.parse(url)?.searchParams.get('cursor') ?? null);
}
