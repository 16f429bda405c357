import type { Severity } from '../engine/finding.ts';
import type { ControlId } from '../engine/posture-policy.ts';
import type { PostureFacts } from './facts.ts';

interface ControlText {
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly mend: (facts: PostureFacts) => string;
  readonly page: (facts: PostureFacts) => string | null;
}

/** The page with the rules of branches; a gate that stands there already has a page of its own. */
const BRANCH_RULES = ({ url, gates }: PostureFacts): string => gates[0]?.url ?? `${url}/settings/rules`;
const SECURITY = ({ url }: PostureFacts): string => `${url}/settings/security_analysis`;
const ACTIONS = ({ url }: PostureFacts): string => `${url}/settings/actions`;

function inRules(option: string): (facts: PostureFacts) => string {
  return ({ branch }) => `In the ruleset or branch protection of \`${branch}\`, switch on "${option}".`;
}

/** What is said about each control, in the words of GitHub's settings pages. */
export const CONTROL_TEXTS: Readonly<Record<ControlId, ControlText>> = {
  'review-required': {
    title: 'Changes need a pull request and an approval',
    severity: 'error',
    why: 'Without it a single person, or a stolen token, deploys whatever they like.',
    mend: ({ branch }) =>
      `In the ruleset or branch protection of \`${branch}\`, switch on "Require a pull request before merging" and ask for at least one approval.`,
    page: BRANCH_RULES,
  },
  'code-owner-review': {
    title: 'Code owners have to approve',
    severity: 'warning',
    why: 'Otherwise any approval will do, also for production.',
    mend: inRules('Require review from Code Owners'),
    page: BRANCH_RULES,
  },
  'stale-approvals': {
    title: 'A push takes approvals back',
    severity: 'warning',
    why: 'Otherwise something else can be pushed after the approval, and is merged unseen.',
    mend: inRules('Dismiss stale pull request approvals when new commits are pushed'),
    page: BRANCH_RULES,
  },
  'signed-commits': {
    title: 'Commits have to be signed',
    severity: 'warning',
    why: 'The author of an unsigned commit is whatever somebody typed.',
    mend: inRules('Require signed commits'),
    page: BRANCH_RULES,
  },
  'no-force-push': {
    title: 'Nobody force-pushes',
    severity: 'error',
    why: 'A force push rewrites what is deployed, and with it the record of who changed what.',
    mend: inRules('Block force pushes'),
    page: BRANCH_RULES,
  },
  'no-deletion': {
    title: 'Nobody deletes the branch',
    severity: 'error',
    why: 'When the branch goes, Argo CD and Flux lose what they deploy from.',
    mend: inRules('Restrict deletions'),
    page: BRANCH_RULES,
  },
  'no-bypass': {
    title: 'The rules hold for everybody',
    severity: 'warning',
    why: 'Whoever may go past the rules deploys without a review; so does whoever takes over their account.',
    mend: () =>
      'Empty the bypass list of the ruleset; in branch protection, switch on "Do not allow bypassing the above settings" and take people and teams out of "Allow specified actors to bypass".',
    page: BRANCH_RULES,
  },
  'check-required': {
    title: 'The check gitops-warden is required',
    severity: 'error',
    why: 'A check that is not required is only advice: the pull request can be merged while it is red.',
    mend: () => 'Add `gitops-warden` under "Require status checks to pass".',
    page: BRANCH_RULES,
  },
  'check-pinned': {
    title: 'The check counts only from this App',
    severity: 'error',
    why: 'Otherwise any workflow or token that may write statuses can report it green.',
    mend: ({ appId }) =>
      `Choose this App${appId === null ? '' : ` (number ${String(appId)})`} as the source of the required check \`gitops-warden\`, instead of "any source".`,
    page: BRANCH_RULES,
  },
  'up-to-date': {
    title: 'Pull requests are merged on top of the latest base',
    severity: 'info',
    why: 'A verdict is about one state of the base. When the base has moved, two changes that are harmless alone can be harmful together.',
    mend: () =>
      'Switch on "Require branches to be up to date before merging", or use a merge queue, where gitops-warden judges the merged state.',
    page: BRANCH_RULES,
  },
  'code-owners': {
    title: 'Every folder that is deployed has owners',
    severity: 'warning',
    why: 'Where nobody is named, the review of code owners asks nobody.',
    mend: () =>
      'Name owners for these paths in `.github/CODEOWNERS`; a line `* @OWNER/TEAM` at the top catches the rest.',
    page: ({ url, branch, codeOwners }) =>
      codeOwners.path === null ? null : `${url}/blob/${encodeURIComponent(branch)}/${codeOwners.path}`,
  },
  'secret-scanning': {
    title: 'GitHub looks for secrets',
    severity: 'warning',
    why: 'It also tells the providers of many tokens, who revoke them within minutes.',
    mend: () => 'Switch on "Secret Protection" (secret scanning).',
    page: SECURITY,
  },
  'push-protection': {
    title: 'GitHub refuses pushes with secrets',
    severity: 'warning',
    why: 'It is the only gate that stands before the secret leaves the computer of its author.',
    mend: () => 'Switch on "Push protection".',
    page: SECURITY,
  },
  'workflow-token': {
    title: 'Workflows may read and not write',
    severity: 'warning',
    why: 'A workflow that runs foreign code with a token that may write can change what is deployed.',
    mend: () =>
      'Under "Workflow permissions" choose "Read repository contents and packages permissions", and switch off "Allow GitHub Actions to create and approve pull requests".',
    page: ACTIONS,
  },
  'allowed-actions': {
    title: 'Only chosen actions run',
    severity: 'info',
    why: 'A tag of an action can be moved to other code by whoever owns it.',
    mend: () =>
      'Under "Actions permissions" allow only the actions that you use, or switch on "Require actions to be pinned to a full-length commit SHA".',
    page: ACTIONS,
  },
};
