import { writeOnce } from '../write-once.ts';
import { PAGE_SIZE, readPages } from './api.ts';
import type { Api } from './api.ts';

const ISSUE_PAGES = 5;

export interface DashboardIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly open: boolean;
  /** Closed for good by a person; we close ours as completed. */
  readonly notPlanned: boolean;
}

export type DashboardText = Pick<DashboardIssue, 'title' | 'body'>;

/** The newest issue of ours with a label whose last line is the marker; null when there is none. */
export async function findDashboard(
  api: Api,
  botLogin: string,
  label: string,
  marker: string,
): Promise<DashboardIssue | null> {
  const { items } = await readPages(ISSUE_PAGES, async (page) => {
    const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/issues', {
      owner: api.owner,
      repo: api.repo,
      labels: label,
      creator: botLogin,
      state: 'all',
      sort: 'created',
      direction: 'desc',
      per_page: PAGE_SIZE,
      page,
    });
    return data;
  });
  const found = items.find(
    (issue) =>
      issue.user?.login === botLogin && (issue.body ?? '').trimEnd().split(/\r?\n/).at(-1) === marker,
  );
  return found === undefined
    ? null
    : {
        number: found.number,
        title: found.title,
        body: found.body ?? '',
        open: found.state === 'open',
        notPlanned: found.state_reason === 'not_planned',
      };
}

/** @param find looks whether an attempt whose answer was lost had its effect */
export async function createDashboard(
  api: Api,
  { title, body }: DashboardText,
  label: string,
  find: () => Promise<DashboardIssue | null>,
): Promise<void> {
  await writeOnce(api.clock, {
    write: async () => {
      await api.octokit.request('POST /repos/{owner}/{repo}/issues', {
        owner: api.owner,
        repo: api.repo,
        title,
        body,
        labels: [label],
      });
      return true;
    },
    find: async () => ((await find()) === null ? null : true),
  });
}

export async function updateDashboard(
  api: Api,
  number: number,
  { title, body }: DashboardText,
  open: boolean,
): Promise<void> {
  await api.octokit.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
    owner: api.owner,
    repo: api.repo,
    issue_number: number,
    title,
    body,
    ...(open ? { state: 'open' } : { state: 'closed', state_reason: 'completed' }),
  });
}
