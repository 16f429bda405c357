import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '../../src/config/environment.ts';
import type { EmbeddedGitHub } from '../../src/demo/embedded/embedded-github.ts';
import type { EmbeddedRepository, PullRequest } from '../../src/demo/embedded/state.ts';
import { setStage } from '../../src/demo/stage.ts';
import { PACKAGE_ROOT } from '../../src/pipeline/package-root.ts';
import { CHECK, deployment } from '../../test/e2e/support.ts';
import { startReplica, type Replica } from '../../test/faults/support/replicas.ts';
import { sign, type SignedDelivery, type Target } from './deliveries.ts';

/** The embedded GitHub with repositories, and the App as processes. */
export interface LoadWorld {
  readonly github: EmbeddedGitHub;
  readonly secret: string;
  /** Repositories of different installations. */
  readonly targets: readonly Target[];
  /** Starts one process of the App. */
  start(settings: Partial<Settings>): Promise<Replica>;
  /** Opens pull requests in several repositories that nobody was told about, and gives what GitHub would have told. */
  openPullRequests(count: number): Promise<readonly OpenedPullRequest[]>;
  isReviewed(pullRequest: PullRequest): boolean;
  close(): Promise<void>;
}

export interface OpenedPullRequest {
  readonly pullRequest: PullRequest;
  readonly delivery: SignedDelivery;
}

const MANIFESTS = 100;
const CHANGED_FILES = 5;
const INSTALLATIONS = 8;
/** Installations whose repository has pull requests. */
const REVIEWED = 4;

export async function openLoadWorld(): Promise<LoadWorld> {
  const stage = await setStage({
    appManifest: await readFile(path.join(PACKAGE_ROOT, 'app.yml'), 'utf8'),
    keepBodies: false,
    // The App is elsewhere; the stage makes its settings.
    startApp: () =>
      Promise.resolve({
        url: 'http://127.0.0.1:1',
        reportStoreError: () => undefined,
        idle: () => Promise.resolve(),
        close: () => Promise.resolve([]),
      }),
    settings: { logLevel: 'info' },
  });
  const { github, settings } = stage;
  github.setWebhookUrl(null);
  const [secret = ''] = settings.webhookSecrets;
  const targets: Target[] = [];
  for (let index = 0; index < INSTALLATIONS; index += 1) {
    const owner = `organisation-${String(index)}`;
    const repository = await github.createRepository(`${owner}/deploy`);
    targets.push({ repository, installationId: github.installationId(owner) });
  }
  const reviewed = targets.slice(0, REVIEWED).map(({ repository }) => repository);
  const manifests = Array.from({ length: MANIFESTS }, (_, index) => [fileOf(index), deployment(image(0))]);
  const files = Object.fromEntries(manifests) as Record<string, string>;
  for (const repository of reviewed)
    await github.commit(repository, { branch: 'main', files, message: 'Start' });
  let opened = 0;

  async function openOne(repository: EmbeddedRepository): Promise<PullRequest> {
    opened += 1;
    const head = `change-${String(opened)}`;
    const options = { branch: head, from: 'main', files: change(opened), message: head };
    await github.commit(repository, options);
    return github.openPullRequest(repository, { title: head, head });
  }

  async function openInTurn(repository: EmbeddedRepository, count: number): Promise<readonly PullRequest[]> {
    const pullRequests: PullRequest[] = [];
    for (let index = 0; index < count; index += 1) pullRequests.push(await openOne(repository));
    return pullRequests;
  }

  function announced(pullRequest: PullRequest): OpenedPullRequest {
    const told = github.deliveries.find(
      ({ event, payload }) =>
        event === 'pull_request' &&
        payload['number'] === pullRequest.number &&
        (payload['repository'] as { readonly id: number }).id === pullRequest.repository.id,
    );
    if (told === undefined) throw new Error(`GitHub told nothing of #${String(pullRequest.number)}.`);
    return { pullRequest, delivery: sign(told.event, told.payload, secret) };
  }

  return {
    github,
    secret,
    targets,
    start: (more) =>
      startReplica({ ...settings, ...more }, {}, path.join(path.dirname(stage.mirrors), 'app.log')),
    async openPullRequests(count) {
      const share = Math.ceil(count / REVIEWED);
      const perRepository = await Promise.all(reviewed.map((repository) => openInTurn(repository, share)));
      await github.settled();
      return perRepository.flat().slice(0, count).map(announced);
    },
    isReviewed: ({ repository, head }) =>
      github
        .checkRuns(repository, head.sha)
        .some(({ name, status }) => name === CHECK && status === 'completed'),
    close: stage.close,
  };
}

function fileOf(index: number): string {
  return `apps/app-${String(index)}/deployment.yaml`;
}

function image(version: number): string {
  return `ghcr.io/acme/web:1.0.${String(version)}`;
}

/** New images for some applications; every second change also makes a container privileged, which is a finding. */
function change(serial: number): Record<string, string> {
  const files = Array.from({ length: CHANGED_FILES }, (_, index) => [
    fileOf((serial * CHANGED_FILES + index) % MANIFESTS),
    deployment(image(serial), index === 0 && serial % 2 === 0),
  ]);
  return Object.fromEntries(files) as Record<string, string>;
}
