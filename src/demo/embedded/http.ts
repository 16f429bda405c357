import type { Operation } from './contract.ts';
import type { EmbeddedRepository, InstallationToken, PermissionLevel } from './state.ts';
import type { Webhooks } from './webhooks.ts';
import type { World } from './world.ts';

/** Who calls the API: the App itself (by JWT) or one of its installations (by token). */
export type Caller =
  { readonly kind: 'app' } | { readonly kind: 'installation'; readonly token: InstallationToken };

export interface ApiRequest {
  readonly world: World;
  readonly webhooks: Webhooks;
  readonly operation: Operation;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Valid by GitHub's description. Empty when the request had no body. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Absolute, as the client called it. */
  readonly url: URL;
}

export interface InstallationRequest extends ApiRequest {
  readonly token: InstallationToken;
}

export interface RepositoryRequest extends ApiRequest {
  readonly repository: EmbeddedRepository;
  /** The login that the call acts as. */
  readonly actor: string;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RequiredPermission {
  readonly name: string;
  readonly level: PermissionLevel;
}

/** An error in GitHub's shape. */
export class ApiError extends Error {
  readonly status: number;
  /** Beside `message`, `documentation_url` and `status`. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    fields: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.fields = fields;
    this.headers = headers;
  }
}

export function notFound(): ApiError {
  return new ApiError(404, 'Not Found');
}

/** The form that most of GitHub's 422 answers have. */
export function validationFailed(resource: string, field: string, message: string): ApiError {
  return new ApiError(422, 'Validation Failed', { errors: [{ resource, code: 'custom', field, message }] });
}

/** The form of the 422 answers about reviews and their comments. */
export function unprocessable(...errors: readonly string[]): ApiError {
  return new ApiError(422, 'Unprocessable Entity', { errors });
}

/** The form of the 422 answers that GitHub's JSON Schemas cause. */
export function invalidRequest(...problems: readonly string[]): ApiError {
  return new ApiError(422, `Invalid request.\n\n${problems.join('\n')}`);
}

export function ok(body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, body, headers };
}

export function accepted(body: unknown): Reply {
  return { status: 202, body };
}

export function created(body: unknown): Reply {
  return { status: 201, body };
}

const DEFAULT_PER_PAGE = 30;
const MAX_PER_PAGE = 100;

export interface Page<T> {
  readonly items: readonly T[];
  /** `link`, when there is more than one page. */
  readonly headers: Readonly<Record<string, string>>;
}

function positive(text: string | null, otherwise: number): number {
  const value = Number(text ?? otherwise);
  return value >= 1 ? Math.floor(value) : otherwise;
}

/** How many items the client wants on a page. */
export function pageSize(query: URLSearchParams): number {
  return Math.min(MAX_PER_PAGE, positive(query.get('per_page'), DEFAULT_PER_PAGE));
}

/** Cuts a list by `per_page` and `page`. */
export function paginate<T>(request: Pick<ApiRequest, 'query' | 'url'>, all: readonly T[]): Page<T> {
  const perPage = pageSize(request.query);
  const page = positive(request.query.get('page'), 1);
  const last = Math.max(1, Math.ceil(all.length / perPage));
  const links: string[] = [];
  const link = (number: number, relation: string): void => {
    const url = new URL(request.url);
    url.searchParams.set('page', String(number));
    links.push(`<${url.href}>; rel="${relation}"`);
  };
  if (page > 1) link(page - 1, 'prev');
  if (page < last) {
    link(page + 1, 'next');
    link(last, 'last');
  }
  if (page > 1) link(1, 'first');
  return {
    items: all.slice((page - 1) * perPage, page * perPage),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function integer(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}
