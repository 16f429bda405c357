import type { JobContext } from '../dependencies.ts';
import { mutate, type GraphqlProblem } from '../api/graphql.ts';
import type { ThreadChange } from './plan-threads.ts';

/** Mutations in one request: GitHub ends a request after 10 s. */
const BATCH = 20;

interface Mutation {
  readonly field: string;
  readonly input: Readonly<Record<string, string>>;
}

/**
 * Carries out changes to threads, many in a request, in their order. What GitHub refuses of them is logged, and keeps
 * nothing else from being done.
 *
 * @throws {GitHubError} when it is not known what took effect
 */
export async function changeThreads(context: JobContext, changes: readonly ThreadChange[]): Promise<void> {
  const others: ThreadChange[] = [];
  for (let start = 0; start < changes.length; start += BATCH) {
    // Not after another worker has taken over: it may be doing the same.
    context.signal.throwIfAborted();
    const batch = changes.slice(start, start + BATCH);
    for (const { field, kind, message } of await send(context, batch.map(toMutation))) {
      // Somebody deleted the comment meanwhile: nothing is left to change.
      if (kind === 'not-found') continue;
      const refused = batch[Number(field?.slice(1))];
      const instead = refused !== undefined && 'instead' in refused ? refused.instead : undefined;
      // GitHub may say that a thread can be resolved and not let the App do so.
      if (kind === 'permission' && instead !== undefined) others.push(instead);
      else context.log.warn({ kind, message }, 'GitHub refused a change to a comment');
    }
  }
  if (others.length > 0) await changeThreads(context, others);
}

async function send({ api }: JobContext, mutations: readonly Mutation[]): Promise<readonly GraphqlProblem[]> {
  const parameters = mutations.map(({ field }, index) => `$c${String(index)}: ${inputType(field)}!`);
  const calls = mutations.map(
    ({ field }, index) => `  c${String(index)}: ${field}(input: $c${String(index)}) { clientMutationId }`,
  );
  const document = `mutation (${parameters.join(', ')}) {\n${calls.join('\n')}\n}`;
  const variables = Object.fromEntries(mutations.map(({ input }, index) => [`c${String(index)}`, input]));
  return mutate(api, document, variables);
}

/** GitHub names the input of each mutation after it. */
function inputType(field: string): string {
  return `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
}

function toMutation(change: ThreadChange): Mutation {
  switch (change.type) {
    case 'edit':
      return {
        field: 'updatePullRequestReviewComment',
        input: { pullRequestReviewCommentId: change.commentId, body: change.body },
      };
    case 'note':
      return {
        field: 'addPullRequestReviewThreadReply',
        input: { pullRequestReviewThreadId: change.threadId, body: change.body },
      };
    case 'resolve':
      return { field: 'resolveReviewThread', input: { threadId: change.threadId } };
    case 'reopen':
      return { field: 'unresolveReviewThread', input: { threadId: change.threadId } };
    case 'hide':
      return { field: 'minimizeComment', input: { subjectId: change.commentId, classifier: 'RESOLVED' } };
    case 'show':
      return { field: 'unminimizeComment', input: { subjectId: change.commentId } };
  }
}
