import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setStage } from '../src/demo/stage.ts';
import { baseFiles } from '../src/demo/story/base.ts';
import { carefulCommits, carelessCommits } from '../src/demo/story/changes.ts';
import { startApp } from '../src/index.ts';
import { PACKAGE_ROOT } from '../src/pipeline/package-root.ts';

export interface Counted {
  readonly what: string;
  /** Method and path of each. */
  readonly requests: readonly string[];
}

/** Counts the requests of reviews with and without findings, by the demo's pull requests on the embedded GitHub. */
export async function countRequests(): Promise<Counted[]> {
  const appManifest = await readFile(path.join(PACKAGE_ROOT, 'app.yml'), 'utf8');
  const { github, answered, close } = await setStage({ appManifest, startApp });
  const counted: Counted[] = [];
  const count = async (what: string, act: () => Promise<unknown>): Promise<void> => {
    const before = github.requests.length;
    await act();
    await answered();
    const requests = github.requests
      .slice(before)
      .filter((request) => !request.path.includes('.git/'))
      .map((request) => `${request.method} ${request.path}`);
    counted.push({ what, requests });
  };
  try {
    const repository = await github.createRepository('acme/deploy');
    const base = baseFiles();
    await github.commit(repository, { branch: 'main', files: base, message: 'Base' });
    const open = (head: string): (() => ReturnType<typeof github.openPullRequest>) => {
      return () => github.openPullRequest(repository, { title: head, head });
    };
    for (const commit of carelessCommits(base))
      await github.commit(repository, { branch: 'careless', ...commit });
    for (const commit of carefulCommits(base))
      await github.commit(repository, { branch: 'careful', ...commit });
    let careless: Awaited<ReturnType<typeof github.openPullRequest>> | undefined;
    await count('first review of all, with findings (the token requests are in it)', async () => {
      careless = await open('careless')();
    });
    await count('a push that changes nothing about the findings', async () => {
      if (careless === undefined) return;
      await github.pushToPullRequest(careless, { files: { 'README.md': 'Changed.\n' }, message: 'Say more' });
    });
    await count('a review without findings', open('careful'));
    return counted;
  } finally {
    await close();
  }
}
