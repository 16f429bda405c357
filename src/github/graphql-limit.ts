import { isRecord } from '../manifests/manifest.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

/**
 * GitHub's GraphQL API reports a rate limit with status 200 and an error in the body. Makes it the failure that the REST
 * API answers with, for whoever handles those; null when there is none.
 */
export function graphqlLimit(url: string, answer: Answer): Error | null {
  if (!url.endsWith('/graphql') || answer.status !== 200 || !isRecord(answer.data)) return null;
  const { errors } = answer.data;
  if (!Array.isArray(errors)) return null;
  const limit = errors.find(isLimit);
  if (limit === undefined) return null;
  return Object.assign(new Error(limit.message), { response: { status: 429, headers: answer.headers } });
}

function isLimit(error: unknown): error is { readonly message: string } {
  if (!isRecord(error) || typeof error['message'] !== 'string') return false;
  return error['type'] === 'RATE_LIMITED' || /secondary rate limit/i.test(error['message']);
}
