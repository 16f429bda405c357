import type { EmbeddedGitHub } from '../embedded/embedded-github.ts';
import type { PullRequest } from '../embedded/state.ts';

/** What the security team asks of every repository of acme. */
export async function writeFloor(github: EmbeddedGitHub): Promise<void> {
  const organisation = await github.createRepository('acme/.github', { private: true });
  await github.commit(organisation, {
    branch: 'main',
    files: { 'gitops-warden.yml': 'version: 1\nfloor:\n  rules:\n    no-private-key: error\n' },
    message: 'Keep private keys out, everywhere',
    author: 'ada',
  });
}

/** A pull request that makes life easier: one setting becomes weaker, and another one cannot. */
export async function loosenPolicy(github: EmbeddedGitHub): Promise<PullRequest> {
  const repository = await github.createRepository('acme/shop', {
    private: true,
    protectedBranches: ['main'],
  });
  const policy = '.github/gitops-warden.yml';
  await github.commit(repository, {
    branch: 'main',
    files: { 'README.md': '# Shop\n', [policy]: 'version: 1\nrules:\n  no-open-ingress: error\n' },
    message: 'Begin',
    author: 'carol',
  });
  await github.commit(repository, {
    branch: 'quieter',
    files: { [policy]: "version: 1\nrules:\n  no-open-ingress: info\n  no-private-key: 'off'\n" },
    message: 'Be quieter',
    author: 'carol',
  });
  return github.openPullRequest(repository, {
    title: 'Fewer red checks',
    body: 'They keep us from our work.',
    head: 'quieter',
    user: 'carol',
  });
}
