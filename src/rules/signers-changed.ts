import type { SignerChange } from '../engine/change.ts';
import type { Problem, RepositoryRule } from '../engine/rule.ts';

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
};

/** Points out who gains and who loses the right to sign. */
export const signersChanged: RepositoryRule = {
  scope: 'repository',
  judge(_files, { keys }) {
    return (keys?.changes ?? []).slice(0, MAX_CHANGES).map(({ path, line, kind, who, what }) => ({
      path,
      values: { who, what },
      judged: [kind, who, what],
      ...MESSAGES[kind],
      ...(line === null ? {} : { range: { start: { line, column: 1 }, end: { line, column: 1 } } }),
    }));
  },
};
