import { readMarker, readNote } from '../../report/comment.ts';
import type { Api, Paged } from '../api/api.ts';
import { query } from '../api/graphql.ts';
import { GitHubError } from '../errors.ts';
import type { Thread } from './thread.ts';

/** Threads of everybody, at most 2,000. */
const MAX_PAGES = 20;

const DOCUMENT = `query ($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id path line startLine isOutdated isResolved viewerCanResolve viewerCanUnresolve
          root: comments(first: 1) {
            totalCount
            nodes { id body isMinimized viewerCanMinimize viewerDidAuthor author { __typename login } }
          }
          latest: comments(last: 10) {
            nodes { id body viewerDidAuthor author { __typename login } }
          }
        }
      }
    }
  }
}`;

interface CommentNode {
  readonly id: string;
  readonly body: string;
  readonly viewerDidAuthor: boolean;
  readonly author: { readonly __typename: string; readonly login: string } | null;
}

interface RootNode extends CommentNode {
  readonly isMinimized: boolean;
  readonly viewerCanMinimize: boolean;
}

interface ThreadNode {
  readonly id: string;
  readonly path: string;
  readonly line: number | null;
  readonly startLine: number | null;
  readonly isOutdated: boolean;
  readonly isResolved: boolean;
  readonly viewerCanResolve: boolean;
  readonly viewerCanUnresolve: boolean;
  readonly root: { readonly totalCount: number; readonly nodes: readonly (RootNode | null)[] };
  readonly latest: { readonly nodes: readonly (CommentNode | null)[] };
}

interface Page {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly (ThreadNode | null)[];
}

/**
 * The threads of a pull request that our App began about a finding, the oldest first. A marker counts only in a comment
 * that the App wrote: anybody can write a marker.
 */
export async function readThreads(api: Api, number: number, botLogin: string): Promise<Paged<Thread>> {
  const items: Thread[] = [];
  let after: string | null = null;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { nodes, pageInfo } = await readPage(api, number, after);
    for (const node of nodes) if (node !== null) items.push(...toThread(node, botLogin));
    if (!pageInfo.hasNextPage) return { items, truncated: false };
    after = pageInfo.endCursor;
  }
  return { items, truncated: true };
}

async function readPage(api: Api, number: number, after: string | null): Promise<Page> {
  const variables = { owner: api.owner, name: api.repo, number, after };
  const data = (await query(api, DOCUMENT, variables)) as {
    readonly repository?: { readonly pullRequest?: { readonly reviewThreads?: Page } | null } | null;
  };
  const page = data.repository?.pullRequest?.reviewThreads;
  if (page !== undefined) return page;
  throw new GitHubError('POST /graphql answered without the threads', {
    kind: 'unavailable',
    status: 200,
    request: 'POST /graphql',
    requestId: null,
    permission: null,
    retryAfter: null,
  });
}

function toThread(node: ThreadNode, botLogin: string): Thread[] {
  const [root] = node.root.nodes;
  const isOwn = (comment: CommentNode): boolean => comment.viewerDidAuthor || isBot(comment.author, botLogin);
  if (root == null || !isOwn(root)) return [];
  const fingerprint = readMarker(root.body);
  if (fingerprint === null) return [];
  const answers = node.latest.nodes.filter((one) => one !== null && one.id !== root.id) as CommentNode[];
  const notes = answers.map((one) => (isOwn(one) ? readNote(one.body) : null));
  const last = notes.findLastIndex((note) => note !== null);
  return [
    {
      id: node.id,
      fingerprint,
      path: node.path,
      line: node.line,
      startLine: node.startLine,
      outdated: node.isOutdated,
      resolved: node.isResolved,
      canResolve: node.isResolved ? node.viewerCanUnresolve : node.viewerCanResolve,
      comment: {
        id: root.id,
        body: root.body,
        hidden: root.isMinimized,
        canHide: root.viewerCanMinimize,
      },
      lastNote: notes[last] ?? null,
      // More answers than were read: among so many there are people's.
      answered: answers.some((one) => !isOwn(one)) || node.root.totalCount > answers.length + 1,
      answeredSince: answers.slice(last + 1).some((one) => !isOwn(one)),
    },
  ];
}

/** GraphQL leaves out the `[bot]` of an App's login. */
function isBot(author: CommentNode['author'], botLogin: string): boolean {
  if (author?.__typename !== 'Bot') return false;
  return author.login === botLogin || author.login === botLogin.replace(/\[bot\]$/, '');
}
