import { GitHubError } from '../errors.ts';
import type { GitHubErrorKind } from '../errors.ts';
import { isRecord } from '../../manifests/manifest.ts';
import type { Api } from './api.ts';

/** One error beside the data of an answer. */
export interface GraphqlProblem {
  /** Of the field at the root: the alias of a mutation; null when the whole document failed. */
  readonly field: string | null;
  readonly kind: GitHubErrorKind;
  readonly message: string;
}

export interface GraphqlAnswer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly problems: readonly GraphqlProblem[];
}

const REQUEST = 'POST /graphql';

/** What the types of errors mean; everything else is trouble of GitHub's own, after which the effect is uncertain. */
const KINDS: Readonly<Record<string, GitHubErrorKind>> = {
  FORBIDDEN: 'permission',
  INSUFFICIENT_SCOPES: 'permission',
  NOT_FOUND: 'not-found',
  UNPROCESSABLE: 'unprocessable',
  RATE_LIMITED: 'rate-limited',
};

/** Asks for something. @throws {GitHubError} when any part of it failed */
export async function query(
  api: Api,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const { data, problems } = await send(api, document, variables, true);
  const [problem] = problems;
  if (problem !== undefined) throw toError(problem);
  return data;
}

/**
 * Changes something, never repeated here. The mutations of a document run one after another, and each stands or falls
 * by itself, so that problems come beside the data.
 *
 * @throws {GitHubError} when nothing is known of the effect, or the document as a whole was refused
 */
export async function mutate(
  api: Api,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<readonly GraphqlProblem[]> {
  const { problems } = await send(api, document, variables, false);
  const whole = problems.find(({ field, kind }) => field === null || kind === 'unavailable');
  if (whole !== undefined) throw toError(whole);
  return problems;
}

export function toError({ kind, message }: GraphqlProblem): GitHubError {
  return new GitHubError(`${REQUEST} answered: ${message}`, {
    kind,
    status: 200,
    request: REQUEST,
    requestId: null,
    permission: kind === 'permission' ? 'pull_requests=write' : null,
    retryAfter: null,
  });
}

async function send(
  api: Api,
  document: string,
  variables: Readonly<Record<string, unknown>>,
  repeatable: boolean,
): Promise<GraphqlAnswer> {
  try {
    const data = await api.octokit.graphql<Record<string, unknown> | null>(document, {
      ...variables,
      request: { repeatable },
    });
    return { data: data ?? {}, problems: [] };
  } catch (error) {
    if (!isRecord(error) || !Array.isArray(error['errors'])) throw error;
    const data = isRecord(error['data']) ? error['data'] : {};
    return { data, problems: error['errors'].map(toProblem) };
  }
}

function toProblem(error: unknown): GraphqlProblem {
  const { type, path, message } = isRecord(error) ? error : {};
  const field: unknown = Array.isArray(path) ? path[0] : undefined;
  return {
    field: typeof field === 'string' ? field : null,
    kind: KINDS[typeof type === 'string' ? type : ''] ?? 'unavailable',
    message: typeof message === 'string' ? message : 'no message',
  };
}
