import type { IssueComment, PullRequest } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { CHECK } from './support.ts';

const BOT = 'gitops-warden[bot]';

/** Writes a comment, and waits until the App has done what it makes of it. */
export async function sayOn(
  stage: Stage,
  pull: PullRequest,
  user: string,
  body: string,
): Promise<IssueComment> {
  const comment = stage.github.writeComment(pull, user, body);
  await stage.answered();
  return comment;
}

/** How the newest check of the head ended. */
export function conclusionOn({ github }: Stage, pull: PullRequest): string | null | undefined {
  return github
    .checkRuns(pull.repository, pull.head.sha)
    .filter(({ name }) => name === CHECK)
    .at(-1)?.conclusion;
}

/** What the App wrote below the pull request. */
export function answersOn({ github }: Stage, pull: PullRequest): string[] {
  return github
    .issueComments(pull)
    .filter(({ user }) => user === BOT)
    .map(({ body }) => body);
}
