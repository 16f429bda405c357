import type { AlertIssuePort } from '../../alerts/github-issue.ts';
import { PAGE_SIZE, readPages } from './api.ts';
import type { Api } from './api.ts';
import { writeOnce } from '../write-once.ts';

const ISSUE_PAGES = 10;

/** The issues of one repository, as the alert receiver uses them. */
export function createIssuePort(api: Api, botLogin: string): AlertIssuePort {
  async function list(label: string): Promise<readonly { url: string; body: string }[]> {
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
    return items
      .filter((issue) => issue.user?.login === botLogin)
      .map((issue) => ({ url: issue.html_url, body: issue.body ?? '' }));
  }

  return {
    list,
    create: (issue, find) =>
      writeOnce(api.clock, {
        write: async () => {
          const { data } = await api.octokit.request('POST /repos/{owner}/{repo}/issues', {
            owner: api.owner,
            repo: api.repo,
            title: issue.title,
            body: issue.body,
            labels: [...issue.labels],
          });
          return { url: data.html_url };
        },
        find,
      }),
  };
}
