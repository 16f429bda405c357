import { shortSha } from '../../engine/change.ts';
import type { Push } from '../../engine/change.ts';
import type { Problem, PushRule } from '../../engine/rule.ts';
import { shellWord } from '../support/shell.ts';

const NO_COMMIT = /^0+$/;

export const noDirectPush: PushRule = {
  scope: 'push',
  judge(push) {
    const branch = push.ref.replace(/^refs\/heads\//, '');
    return [
      {
        ...describe(push),
        judged: [push.ref, push.before, push.after],
        values: {
          branch,
          pusher: push.pusher,
          before: shortSha(push.before),
          after: shortSha(push.after),
          range: `${push.before}..${push.after}`,
          beforeRef: `${push.before}:${shellWord(push.ref)}`,
          lease: `--force-with-lease=${shellWord(branch)}:${push.after}`,
        },
      },
    ];
  },
};

/** Messages and ways back for pushes that a revert does not undo. */
function describe(push: Push): Problem {
  if (push.deleted) {
    return {
      message:
        '`{pusher}` deleted the protected branch `{branch}`, last at `{before}`. What deploys from it has lost its source.',
      remediation: 'Put it back with `git push origin {beforeRef}`.',
    };
  }
  if (NO_COMMIT.test(push.before)) {
    return {
      message:
        '`{pusher}` created the protected branch `{branch}` at `{after}` without a pull request. Nobody reviewed what it deploys.',
      remediation: 'Review the branch, or delete it and open a pull request.',
    };
  }
  if (push.forced) {
    return {
      message:
        '`{pusher}` force-pushed to `{branch}`, from `{before}` to `{after}`. Reviewed commits may be gone from it, and ' +
        'nobody reviewed what stands there now.',
      remediation:
        'Put the reviewed state back with `git push {lease} origin {beforeRef}`, then open a pull request.',
    };
  }
  return {};
}
