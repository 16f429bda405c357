import type { EmbeddedGitHub } from '../embedded/embedded-github.ts';
import { createCommitSigner } from '../embedded/signing.ts';
import type { EmbeddedRepository, PullRequest } from '../embedded/state.ts';
import { baseFiles } from './base.ts';
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
 * and a push that goes round both.
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

  const pushed = await github.push(repository, { branch: 'main', ...directPush(base), user: 'bob' });
  await answered();
  return { repository, pullRequests: [careful, careless], pushed };
}
