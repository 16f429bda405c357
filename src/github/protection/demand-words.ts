import type { Demand } from './protection-rule.ts';

/** How alerts speak of one thing that a rule asks for. */
export interface DemandWords {
  /** As a noun. */
  readonly asked: string;
  /** That it is not asked for any more, as a sentence. */
  readonly lost: string;
  /** What can happen then, as a sentence. */
  readonly means: string;
  /** As a sentence, in the words of GitHub's pages. */
  readonly remedy: string;
}

export const DEMAND_WORDS: Readonly<Record<Demand, DemandWords>> = {
  'pull-request': {
    asked: 'a pull request with a review',
    lost: 'No pull request is required any more.',
    means: 'Whoever may write can push straight to the branch.',
    remedy: 'Tick "Require a pull request before merging".',
  },
  'code-owners': {
    asked: 'the review of a code owner',
    lost: 'Code owners need not approve any more.',
    means: 'Changes to what they own go in without them.',
    remedy: 'Tick "Require review from Code Owners".',
  },
  'dismiss-stale': {
    asked: 'a new approval after each push',
    lost: 'Approvals stay when something is pushed after them.',
    means: 'What is merged need not be what was approved.',
    remedy: 'Tick "Dismiss stale pull request approvals when new commits are pushed".',
  },
  'last-push-approval': {
    asked: 'an approval by somebody who did not push last',
    lost: 'Whoever pushed last may now give the approval that counts.',
    means: 'People can approve what they pushed themselves.',
    remedy: 'Tick "Require approval of the most recent reviewable push".',
  },
  conversations: {
    asked: 'resolved conversations',
    lost: 'Open conversations do not hold a merge back any more.',
    means: 'Objections of reviewers can be passed over.',
    remedy: 'Tick "Require conversation resolution before merging".',
  },
  signatures: {
    asked: 'signed commits',
    lost: 'Commits need not be signed any more.',
    means: 'Nobody vouches for who made a commit.',
    remedy: 'Tick "Require signed commits".',
  },
  'linear-history': {
    asked: 'a linear history',
    lost: 'The history need not be linear any more.',
    means: 'Merges can bring commits that nobody sees in the diff.',
    remedy: 'Tick "Require linear history".',
  },
  'no-force-push': {
    asked: 'no force pushes',
    lost: 'Force pushes are allowed.',
    means: 'Reviewed commits can be taken away or replaced.',
    remedy: 'Take "Allow force pushes" away, or in a ruleset tick "Block force pushes".',
  },
  'no-deletion': {
    asked: 'no deletion of the branch',
    lost: 'The branch may be deleted.',
    means: 'What deploys from it can lose its source.',
    remedy: 'Take "Allow deletions" away, or in a ruleset tick "Restrict deletions".',
  },
  'restricted-push': {
    asked: 'that only some may push',
    lost: 'It is not restricted any more who may push.',
    means: 'Everybody who may write can.',
    remedy: 'Tick "Restrict who can push to matching branches", or in a ruleset "Restrict updates".',
  },
  'up-to-date': {
    asked: 'branches that are up to date before they are merged',
    lost: 'A branch need not be up to date before it is merged.',
    means: 'The checks may have seen another base than the one it is merged into.',
    remedy: 'Tick "Require branches to be up to date before merging".',
  },
  'merge-queue': {
    asked: 'the merge queue',
    lost: 'The merge queue is not required any more.',
    means: 'Changes go in without having been checked together.',
    remedy: 'Tick "Require merge queue".',
  },
  deployments: {
    asked: 'successful deployments',
    lost: 'No deployment has to succeed before a merge any more.',
    means: 'What was never tried can go in.',
    remedy: 'Tick "Require deployments to succeed".',
  },
  locked: {
    asked: 'a branch that nobody may change',
    lost: 'The branch is not locked any more.',
    means: 'It can be pushed to.',
    remedy: 'Tick "Lock branch".',
  },
  admins: {
    asked: 'the same of administrators',
    lost: 'The rule does not hold for administrators any more.',
    means: 'They can merge what is red and push past the review.',
    remedy: 'Tick "Do not allow bypassing the above settings".',
  },
};
