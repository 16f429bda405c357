import { createHmac, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { EmbeddedRepository } from '../../src/demo/embedded/state.ts';

/** A webhook as GitHub sends it, ready for the wire. */
export interface SignedDelivery {
  /** `x-github-delivery`. */
  readonly id: string;
  readonly event: string;
  /** JSON. */
  readonly body: string;
  /** `x-hub-signature-256`. */
  readonly signature: string;
}

export interface Target {
  readonly repository: EmbeddedRepository;
  readonly installationId: number;
}

/** Pull requests from here on exist in no repository: GitHub answers 404, and the job ends. */
const FIRST_NUMBER = 1_000_000;

type Json = Readonly<Record<string, unknown>>;
type Example = Json & {
  readonly pull_request: Json & { readonly head: Json; readonly base: Json };
  readonly repository: Json & { readonly owner: Json };
};

/** @param secret of the webhook */
export function sign(event: string, payload: Json, secret: string): SignedDelivery {
  const body = JSON.stringify(payload);
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  return { id: randomUUID(), event, body, signature };
}

/** Deliveries for pull requests that do not exist, one for each, in turn for every target. `first` numbers the first. */
export async function makeDeliveries(
  first: number,
  count: number,
  targets: readonly Target[],
  secret: string,
): Promise<readonly SignedDelivery[]> {
  const example = await readExample();
  return Array.from({ length: count }, (_, index) => {
    const target = targets[index % targets.length];
    if (target === undefined) throw new Error('Deliveries need a repository that they are about.');
    return sign('pull_request', payloadFor(example, target, FIRST_NUMBER + first + index), secret);
  });
}

/** GitHub's own example of the event, some 23 KB. */
async function readExample(): Promise<Example> {
  const file = createRequire(import.meta.url).resolve('@octokit/webhooks-examples');
  const events = JSON.parse(await readFile(file, 'utf8')) as readonly {
    readonly name: string;
    readonly examples: readonly Example[];
  }[];
  const examples = events.find(({ name }) => name === 'pull_request')?.examples ?? [];
  const example = examples.find((one) => one['action'] === 'synchronize');
  if (example === undefined) throw new Error('There is no example of a pull request that got a commit.');
  return example;
}

function payloadFor(example: Example, { repository, installationId }: Target, number: number): Json {
  return {
    ...example,
    number,
    pull_request: {
      ...example.pull_request,
      number,
      head: { ...example.pull_request.head, sha: number.toString(16).padStart(40, '0') },
    },
    repository: {
      ...example.repository,
      id: repository.id,
      name: repository.name,
      full_name: repository.fullName,
      owner: { ...example.repository.owner, login: repository.owner },
    },
    installation: { ...(example['installation'] as Json), id: installationId },
  };
}
