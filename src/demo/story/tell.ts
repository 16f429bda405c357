import type { EmbeddedGitHub } from '../embedded/embedded-github.ts';
import { createCommitSigner } from '../embedded/signing.ts';
import type { EmbeddedRepository, PullRequest } from '../embedded/state.ts';
import { baseFiles } from './base.ts';
import type { Category } from '../../engine/rule.ts';
import { loadRuleSet } from '../../pipeline/rule-set.ts';
import { catalogueOf, type Catalogue } from './catalogue.ts';
import { loosenPolicy, writeFloor } from './policy.ts';
import { carefulCommits, carelessCommits, directPush } from './changes.ts';

/** What the story left behind, to be looked at. */
export interface Told {
  readonly repository: EmbeddedRepository;
  readonly pullRequests: readonly PullRequest[];
  /** The commit that was pushed straight to the main branch. */
  readonly pushed: string;
}

/**
 * Plays the people of the demo on an embedded GitHub: a deployment repository, a careful and a careless pull request,
 * a push that goes round both, and an edit of a policy under the organisation's floor.
 *
 * @param answered resolves when the App has answered everything so far
 */
export async function tellStory(github: EmbeddedGitHub, answered: () => Promise<void>): Promise<Told> {
  const signer = createCommitSigner();
  github.addSigningKey(signer.publicKey);
  const repository = await github.createRepository('acme/deploy', {
    private: true,
    protectedBranches: ['main'],
  });
  await writeFloor(github);
  const base = baseFiles();
  await github.commit(repository, {
    branch: 'main',
    files: base,
    message: 'Deploy payments and web',
    author: 'ada',
    sign: signer,
  });
  github.installation('acme');

  for (const commit of carefulCommits(base)) {
    await github.commit(repository, { branch: 'payments-1.8.3', ...commit, author: 'ada', sign: signer });
  }
  const careful = await github.openPullRequest(repository, {
    title: 'Update payments to 1.8.3',
    body: 'A patch release; see the changelog of payments.',
    head: 'payments-1.8.3',
    user: 'ada',
  });
  await answered();

  for (const [index, commit] of carelessCommits(base).entries()) {
    // The last commit was made on another machine, where signing is not set up.
    const sign = index < 3 ? { sign: signer } : {};
    await github.commit(repository, { branch: 'payments-2.0', ...commit, author: 'bob', ...sign });
  }
  const careless = await github.openPullRequest(repository, {
    title: 'Payments 2.0 with the new provider',
    body: 'New provider, new network policy, and Argo CD may sync it by itself.\n\nTested on my machine.',
    head: 'payments-2.0',
    user: 'bob',
  });
  await answered();

  const loosened = await loosenPolicy(github);
  await answered();

  const pushed = await github.push(repository, { branch: 'main', ...directPush(base), user: 'bob' });
  await answered();
  return { repository, pullRequests: [careful, careless, loosened], pushed };
}

/**
 * Breaks every rule that judges manifests once, in a repository for each part of the catalogue.
 *
 * @param signal ends the story at its next step
 */
export async function tellCatalogue(
  github: EmbeddedGitHub,
  signal: AbortSignal,
): Promise<readonly PullRequest[]> {
  const { rules } = await loadRuleSet();
  const pullRequests: PullRequest[] = [];
  for (const category of TOLD_BY_CATALOGUE) {
    if (signal.aborted) break;
    const told = rules.filter(({ definition }) => definition.category === category);
    pullRequests.push(await tellMistakes(github, category, await catalogueOf(told)));
  }
  return pullRequests;
}

async function tellMistakes(
  github: EmbeddedGitHub,
  category: Category,
  { policy, before, after }: Catalogue,
): Promise<PullRequest> {
  const repository = await github.createRepository(`acme/mistakes-${category}`, {
    private: true,
    protectedBranches: ['main'],
  });
  await github.commit(repository, {
    branch: 'main',
    files: { 'README.md': '# Mistakes\n', '.github/gitops-warden.yml': policy, ...before },
    message: 'Begin',
    author: 'carol',
  });
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  await github.commit(repository, {
    branch: 'mistakes',
    files: { ...after, ...Object.fromEntries(gone.map((name) => [name, null])) },
    message: 'Make every mistake once',
    author: 'carol',
  });
  return github.openPullRequest(repository, {
    title: 'One mistake of every kind',
    body: 'For the training of new colleagues. Please do not merge.',
    head: 'mistakes',
    user: 'carol',
  });
}

const TOLD_BY_CATALOGUE: readonly Category[] = [
  'manifests',
  'pod-security',
  'workloads',
  'images',
  'access',
  'network',
  'kustomize',
  'argo-cd',
  'flux',
  'rollouts',
];
