import { addReply, MAX_BODY } from '../comments.ts';
import { botLogin } from '../state.ts';
import { timestamp } from '../world.ts';
import { forbidden, GraphqlFailure } from './failure.ts';
import {
  commentJson,
  findComment,
  findThread,
  requireResolve,
  requireWrite,
  threadJson,
  type Viewer,
} from './threads.ts';

interface Input<T> {
  readonly input: T & { readonly clientMutationId?: string | null };
}

function checkBody(body: string): void {
  if (body.trim() === '') throw new GraphqlFailure('UNPROCESSABLE', "Body can't be blank");
  if (body.length > MAX_BODY) {
    throw new GraphqlFailure('UNPROCESSABLE', `Body is too long (maximum is ${MAX_BODY} characters)`);
  }
}

async function setResolved(viewer: Viewer, id: string, resolved: boolean): Promise<unknown> {
  const root = findThread(viewer, id);
  requireResolve(viewer);
  const { state, app } = viewer.world;
  if (!resolved) state.resolvedThreads.delete(root.id);
  else if (!state.resolvedThreads.has(root.id)) state.resolvedThreads.set(root.id, botLogin(app.slug));
  return threadJson(viewer, root);
}

/** What the mutations of the schema do. */
export function mutations(viewer: Viewer): Record<string, unknown> {
  const { world } = viewer;
  const actor = botLogin(world.app.slug);
  return {
    resolveReviewThread: async ({ input }: Input<{ threadId: string }>) => ({
      clientMutationId: input.clientMutationId,
      thread: await setResolved(viewer, input.threadId, true),
    }),
    unresolveReviewThread: async ({ input }: Input<{ threadId: string }>) => ({
      clientMutationId: input.clientMutationId,
      thread: await setResolved(viewer, input.threadId, false),
    }),
    addPullRequestReviewThreadReply({
      input,
    }: Input<{ pullRequestReviewThreadId: string; body: string }>): unknown {
      const root = findThread(viewer, input.pullRequestReviewThreadId);
      requireWrite(viewer);
      checkBody(input.body);
      const comment = commentJson(viewer, addReply(world, root, actor, input.body));
      return { clientMutationId: input.clientMutationId, comment };
    },
    updatePullRequestReviewComment({
      input,
    }: Input<{ pullRequestReviewCommentId: string; body: string }>): unknown {
      const comment = findComment(viewer, input.pullRequestReviewCommentId);
      requireWrite(viewer);
      if (comment.user !== actor) throw forbidden();
      checkBody(input.body);
      comment.body = input.body;
      comment.updatedAt = timestamp(world);
      return {
        clientMutationId: input.clientMutationId,
        pullRequestReviewComment: commentJson(viewer, comment),
      };
    },
    minimizeComment({ input }: Input<{ subjectId: string; classifier: string }>): unknown {
      const comment = findComment(viewer, input.subjectId);
      requireWrite(viewer);
      comment.minimizedReason = input.classifier.toLowerCase().replace('_', '-');
      return { clientMutationId: input.clientMutationId, minimizedComment: commentJson(viewer, comment) };
    },
    unminimizeComment({ input }: Input<{ subjectId: string }>): unknown {
      const comment = findComment(viewer, input.subjectId);
      requireWrite(viewer);
      comment.minimizedReason = null;
      return { clientMutationId: input.clientMutationId, unminimizedComment: commentJson(viewer, comment) };
    },
  };
}
