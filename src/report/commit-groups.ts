import type { Commit, Signature, SignatureState } from '../engine/change.ts';
import type { Finding, Severity } from '../engine/finding.ts';
import { signingCommand } from '../engine/rebase.ts';
import type { Report } from '../engine/report.ts';
import { plural } from './plain.ts';

/**
 * All commits of one rule and severity, for people: one cause, one way to mend it. Machines get a finding for each commit,
 * with a fingerprint of its own, which is what a waiver binds.
 */
export interface CommitGroup {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly url: string | null;
  /** In the order of the history. */
  readonly commits: readonly Commit[];
  readonly headline: string;
  readonly mending: Mending | null;
}

/** How to sign commits anew. */
export interface Mending {
  /** What else may be wrong than that nobody signed, as sentences. */
  readonly advice: readonly string[];
  /** With an SSH key. */
  readonly ssh: readonly string[];
  /** With an OpenPGP key. */
  readonly openpgp: readonly string[];
  /** For both, after either. */
  readonly commands: readonly string[];
  readonly page: string;
}

export interface Grouped {
  readonly groups: readonly CommitGroup[];
  /** The findings that are in no group. */
  readonly others: readonly Finding[];
}

/** The rule about signatures; the only one about commits. */
const GROUPED: ReadonlySet<string> = new Set(['signed-commits']);
const PAGE =
  'https://docs.github.com/en/authentication/managing-commit-signature-verification/signing-commits';
/** States that signing anew does not mend. */
const NOT_BY_SIGNING: ReadonlySet<SignatureState> = new Set(['unavailable']);

/** What the author of a commit has to know beside the commands. */
const ADVICE: Readonly<Partial<Record<SignatureState, string>>> = {
  'unknown-key':
    'If an unknown key belongs to somebody who may sign here, have it added to the key files on the base branch: then nothing has to be signed anew.',
  'signer-not-allowed':
    'Where the signer is not allowed, somebody has to sign who is: `signatures` in the policy on the base branch says who.',
  'identity-mismatch':
    'Where the key does not belong to the address, `user.email` has to be one for which the key may sign.',
};
const PLAIN_ADDRESS = /^[\w.+][\w.+-]*@[\w.-]+$/;

/** Takes the findings about signatures together; all others stay as they are. */
export function groupCommits(findings: readonly Finding[], report: Report): Grouped {
  const members = new Map<string, Finding[]>();
  const others: Finding[] = [];
  const known = new Map(report.commits.map((commit) => [commit.sha, commit]));
  for (const finding of findings) {
    const { subject, ruleId, severity } = finding;
    if (subject.type !== 'commit' || !GROUPED.has(ruleId) || !known.has(subject.commit)) {
      others.push(finding);
      continue;
    }
    const key = `${ruleId} ${severity}`;
    members.set(key, [...(members.get(key) ?? []), finding]);
  }
  const groups = [...members.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [groupOf(first, group, report)];
  });
  return { groups, others };
}

function groupOf(first: Finding, group: readonly Finding[], report: Report): CommitGroup {
  const shas = new Set(group.map(({ subject }) => subject.commit));
  const commits = report.commits.filter(({ sha }) => shas.has(sha));
  const count = plural(commits.length, 'commit is', 'commits are');
  const all = report.commits.length === 1 ? '' : ` of ${report.commits.length}`;
  return {
    ruleId: first.ruleId,
    severity: first.severity,
    url: first.url,
    commits,
    headline: `${count.replace(/ (?=is$|are$)/, `${all} `)} not signed as it has to be. The name on a commit is whatever its author typed; only a signature shows who made it.`,
    mending: mendingOf(commits, report),
  };
}

/** One line about a commit: what is wrong with its signature. */
export function signatureText({ signature: { state, signer, reason } }: Commit): string {
  return `${state}${signer === null ? '' : ` by ${signer}`}${reason === null ? '' : `, ${reason}`}`;
}

function mendingOf(commits: readonly Commit[], report: Report): Mending | null {
  const mendable = commits.filter(({ signature }) => !NOT_BY_SIGNING.has(signature.state));
  const [oldest] = mendable;
  if (oldest === undefined) return null;
  const signatures = mendable.map(({ signature }) => signature);
  const email = signatures.some(({ state }) => state === 'identity-mismatch')
    ? [`git config user.email ${addressOf(signatures)}`]
    : [];
  return {
    advice: Object.entries(ADVICE).flatMap(([wanted, sentence]) =>
      signatures.some(({ state }) => state === wanted) ? [sentence] : [],
    ),
    ssh: ['git config gpg.format ssh', 'git config user.signingkey ~/.ssh/id_ed25519.pub', ...email],
    openpgp: ['git config gpg.format openpgp', 'git config user.signingkey KEY_ID', ...email],
    commands: [signingCommand(oldest, report), 'git push --force-with-lease'],
    page: PAGE,
  };
}

/** The address for which the key of all of them may sign, where there is one that a shell takes as it is. */
function addressOf(signatures: readonly Signature[]): string {
  const mismatched = signatures.filter(({ state }) => state === 'identity-mismatch');
  const [signer, ...more] = new Set(mismatched.map((one) => one.signer ?? ''));
  return signer !== undefined && more.length === 0 && PLAIN_ADDRESS.test(signer)
    ? signer
    : 'ADDRESS_OF_YOUR_KEY';
}
