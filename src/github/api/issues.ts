import type { IssuePort, OwnIssue } from '../../alerts/github-issue.ts';
import { PAGE_SIZE, readPages } from './api.ts';
import type { Api } from './api.ts';
import { GitHubError } from '../errors.ts';
import { writeOnce } from '../write-once.ts';

const ISSUE_PAGES = 10;
const COMMENT_PAGES = 10;

const CLOSED = { state: 'closed', state_reason: 'completed' } as const;

interface RestIssue {
  readonly number: number;
  readonly html_url: string;
  readonly title: string;
  readonly body?: string | null | undefined;
  readonly state: string;
  readonly state_reason?: string | null | undefined;
  readonly user: { readonly login?: string } | null;
}

/** The issues of one repository. */
export function createIssuePort(api: Api, botLogin: string): IssuePort {
  const repository = { owner: api.owner, repo: api.repo };

  async function list(label: string): Promise<readonly OwnIssue[]> {
    const { items } = await readPages(ISSUE_PAGES, async (page) => {
      const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/issues', {
        ...repository,
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
    return items.filter((issue) => issue.user?.login === botLogin).map(ownIssue);
  }

  return {
    list,
    async get(number) {
      try {
        const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}', {
          ...repository,
          issue_number: number,
        });
        // GitHub sends whoever asks for a transferred issue on to where it is now.
        return data.user?.login === botLogin && data.number === number ? ownIssue(data) : null;
      } catch (error) {
        if (error instanceof GitHubError && (error.kind === 'not-found' || error.kind === 'gone'))
          return null;
        throw error;
      }
    },
    create: (issue, find) =>
      writeOnce(api.clock, {
        write: async () => {
          const { data } = await api.octokit.request('POST /repos/{owner}/{repo}/issues', {
            ...repository,
            title: issue.title,
            body: issue.body,
            labels: [...issue.labels],
          });
          return ownIssue(data);
        },
        find,
      }),
    async update(number, { title, body, closed }) {
      await api.octokit.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
        ...repository,
        issue_number: number,
        ...(title === undefined ? {} : { title }),
        ...(body === undefined ? {} : { body }),
        ...(closed === undefined ? {} : closed ? CLOSED : { state: 'open' as const }),
      });
    },
    async comments(number) {
      const { items } = await readPages(COMMENT_PAGES, async (page) => {
        const { data } = await api.octokit.request(
          'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
          { ...repository, issue_number: number, per_page: PAGE_SIZE, page },
        );
        return data;
      });
      return items.filter(({ user }) => user?.login === botLogin).map(({ body }) => body ?? '');
    },
    async comment(number, body, exists) {
      await writeOnce<true>(api.clock, {
        write: async () => {
          await api.octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
            ...repository,
            issue_number: number,
            body,
          });
          return true;
        },
        find: async () => ((await exists()) ? true : null),
      });
    },
  };
}

function ownIssue({ number, html_url, title, body, state, state_reason: reason }: RestIssue): OwnIssue {
  return {
    number,
    url: html_url,
    title,
    body: body ?? '',
    open: state === 'open',
    notPlanned: reason === 'not_planned',
  };
}
