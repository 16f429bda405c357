import type { SignerChange } from '../../engine/change.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';

/** Beyond this many, the change is a new list, and reading it whole is what helps. */
const MAX_CHANGES = 100;

const SETTING =
  'It counts once this is merged, and this change itself is judged under the old settings. Let somebody approve it who answers for them.';

const MESSAGES: Readonly<Record<SignerChange['kind'], Pick<Problem, 'message' | 'remediation'>>> = {
  gains: {},
  loses: {
    message: '`{who}` loses the right to sign with `{what}`.',
    remediation:
      'It counts once this is merged. Make sure that whoever used the key has another one, or should have none.',
  },
  joins: { message: '`{who}` joins those in `{what}`, who may sign.', remediation: SETTING },
  leaves: { message: '`{who}` leaves those in `{what}`, who may sign.', remediation: SETTING },
  setting: { message: '`{who}` changes from {what}.', remediation: SETTING },
  list: {
    message: 'The revocation list of `{who}` {what}, so certificates that it revoked may count again.',
    remediation: 'Put the newest list of that authority here.',
  },
};

/** Points out who gains and who loses the right to sign. */
export const signersChanged: RepositoryRule = {
  scope: 'repository',
  judge(_files, { keys }) {
    const changes = keys?.changes ?? [];
    const [unlisted] = changes.slice(MAX_CHANGES);
    return [
      ...changes.slice(0, MAX_CHANGES).map(problemOf),
      ...(unlisted === undefined ? [] : [surplus(unlisted.path, changes.length - MAX_CHANGES)]),
    ];
  },
};

function problemOf({ path, line, kind, who, what }: SignerChange): Problem {
  return {
    path,
    values: { who, what },
    judged: [kind, who, what],
    ...MESSAGES[kind],
    ...(line === null ? {} : { range: { start: { line, column: 1 }, end: { line, column: 1 } } }),
  };
}

function surplus(path: string, count: number): Problem {
  return {
    path,
    values: { count: String(count) },
    judged: count,
    message: '{count} more changes to those who may sign are not listed one by one.',
    remediation: 'Read the changed key files as a whole before you approve.',
  };
}
