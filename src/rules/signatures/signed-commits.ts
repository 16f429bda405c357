import { shortSha } from '../../engine/change.ts';
import type { Commit, SignatureState } from '../../engine/change.ts';
import { signingCommand, type CommitRange } from '../../engine/rebase.ts';
import type { CommitRule } from '../../engine/rule.ts';
import { isMetBy } from '../../signatures/requirements.ts';
import type { KeyPlaces } from '../../engine/policy.ts';

const WHAT: Readonly<Record<SignatureState, string>> = {
  valid: 'is signed',
  unsigned: 'is not signed',
  'signer-not-allowed': 'is signed by somebody who is not an allowed signer',
  'identity-mismatch': 'is signed with a key that does not belong to its committer',
  'unknown-key': 'is signed with a key that is not known',
  'expired-key': 'is signed with an expired key',
  'revoked-key': 'is signed with a revoked key',
  'bad-signature': 'has a signature that does not fit its content',
  malformed: 'has a signature that cannot be read',
  unsupported: 'has a signature of a kind that cannot be verified',
  unavailable: 'has a signature that could not be verified',
};

const WHY = 'The name on a commit is whatever its author typed; only a signature shows who made it.';

export const signedCommits: CommitRule = {
  scope: 'commit',
  judge(commit, { policy, range }) {
    const { signatures } = policy;
    // Where the policy says who may sign changes to a path, everything else it asks for is too little.
    const isGuarded = (commit.guarded ?? []).length > 0;
    const { state, reason } = commit.signature;
    if (isMetBy(isGuarded ? 'allowed-signer' : signatures.require, state)) return [];
    return [
      {
        judged: state,
        values: {
          commit: shortSha(commit.sha),
          what: WHAT[state],
          reason: reason ?? '',
          ...placeValues(signatures.keys),
        },
        ...(reason === null ? {} : { message: `Commit \`{commit}\` {what} ({reason}). ${WHY}` }),
        remediation: remediationFor(commit, range ?? { commits: [commit], mergeBase: null }),
      },
    ];
  },
};

/** What stands on a branch that is deployed cannot be signed anew without rewriting it for everybody. */
const ON_BRANCH =
  'Do not rewrite the branch for it: revert the commit, and bring the change back signed, in a pull request.';

function remediationFor(commit: Commit, range: CommitRange): string {
  const anew = `\`${signingCommand(commit, range)}\`, then push with \`--force-with-lease\`.`;
  if (commit.signature.state === 'unavailable')
    return 'Nothing is wrong with the commit as far as is known: run the review again later.';
  if (range.push != null) return ON_BRANCH;
  switch (commit.signature.state) {
    case 'unknown-key':
      return (
        `If the key belongs to somebody who may sign here, have it added to \`{allowedSigners}\` (SSH), \`{openpgp}\` ` +
        `(OpenPGP) or \`{x509}\` (X.509) on the base branch. Otherwise sign anew with a key that stands there: ${anew}`
      );
    case 'signer-not-allowed':
      return (
        'Let somebody who may sign it do so, from this commit on: ' +
        `${anew} Who may sign is said by \`signatures\` in the policy, and by the key files, on the base branch.`
      );
    case 'identity-mismatch':
      return `Set \`git config user.email\` to an address for which the key may sign, and sign anew from this commit on: ${anew}`;
    default:
      return `Sign anew from this commit on: ${anew}`;
  }
}

function placeValues({ allowedSigners, openpgp, x509 }: KeyPlaces): Record<string, string> {
  return { allowedSigners, openpgp, x509 };
}
