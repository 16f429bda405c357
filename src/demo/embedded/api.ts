import { authenticate, covers, requirePermission } from './auth.ts';
import type { Contract, MatchedOperation } from './contract.ts';
import { ApiError, type ApiRequest, type Caller, invalidRequest, notFound, type Reply } from './http.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { ROUTES } from './routes/index.ts';
import { botLogin, findRepository } from './state.ts';
import type { Webhooks } from './webhooks.ts';
import type { World } from './world.ts';

export interface ApiCall {
  readonly method: string;
  /** Without `/api/v3` and without the query. */
  readonly path: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly userAgent: string | undefined;
  /** Undefined when there was none. */
  readonly rawBody: string | undefined;
}

export interface ApiOutcome {
  readonly reply: Reply;
  /** Whose rate limit the call counts against. */
  readonly account: string;
}

const DEFAULT_DOCUMENTATION = 'https://docs.github.com/rest';

function parseBody(rawBody: string | undefined): unknown {
  if (rawBody === undefined || rawBody === '') return undefined;
  try {
    return JSON.parse(rawBody) as unknown;
  } catch {
    throw new ApiError(400, 'Problems parsing JSON');
  }
}

function errorReply(error: ApiError, matched: MatchedOperation | null): Reply {
  return {
    status: error.status,
    headers: error.headers,
    body: {
      message: error.message,
      ...error.fields,
      documentation_url: matched?.operation.documentationUrl ?? DEFAULT_DOCUMENTATION,
      status: String(error.status),
    },
  };
}

function match(contract: Contract, call: ApiCall): MatchedOperation | null {
  try {
    return contract.match(call.method, call.path);
  } catch (error) {
    if (error instanceof URIError) throw new ApiError(400, 'Bad Request');
    throw error;
  }
}

/** Answers REST calls, and notes each one that strays from GitHub's description. */
export function createApi(
  world: World,
  webhooks: Webhooks,
  contract: Contract,
  violations: string[],
): (call: ApiCall) => Promise<ApiOutcome> {
  async function dispatch(call: ApiCall, matched: MatchedOperation, caller: Caller): Promise<Reply> {
    const route = ROUTES.get(matched.operation.key);
    if (route === undefined) throw notFound();
    const { params } = matched;
    if (route.access === 'app' && caller.kind !== 'app') {
      throw new ApiError(401, 'A JSON web token could not be decoded');
    }
    const body = parseBody(call.rawBody);
    const base: Omit<ApiRequest, 'body'> = {
      world,
      webhooks,
      operation: matched.operation,
      caller,
      params,
      query: call.url.searchParams,
      url: call.url,
    };
    if (route.access === 'app' || route.access === 'any') {
      return route.handle({ ...base, body: check(call, matched, body) });
    }
    if (caller.kind === 'app') {
      throw new ApiError(
        401,
        'Requires authentication: this needs an installation token, not the JWT of an App',
      );
    }
    if (route.access === 'installation') {
      return route.handle({ ...base, body: check(call, matched, body), token: caller.token });
    }
    const repository = findRepository(world.state, `${params['owner'] ?? ''}/${params['repo'] ?? ''}`);
    if (repository === undefined || !covers(caller.token, repository)) throw notFound();
    requirePermission(caller.token, route.access);
    const actor = botLogin(world.app.slug);
    return route.handle({ ...base, body: check(call, matched, body), repository, actor });
  }

  /** The body, once it satisfies the description. */
  function check(call: ApiCall, matched: MatchedOperation, body: unknown): Readonly<Record<string, unknown>> {
    const problems = contract.checkRequest(matched, call.url.searchParams, body);
    const { key } = matched.operation;
    for (const problem of [...problems.refused, ...problems.ignored]) violations.push(`${key}: ${problem}`);
    if (problems.refused.some((problem) => problem.startsWith('path'))) throw notFound();
    if (problems.refused.length > 0) throw invalidRequest(...problems.refused);
    return isRecord(body) ? body : {};
  }

  return async function answer(call) {
    let matched: MatchedOperation | null = null;
    let account = 'anonymous';
    try {
      if (call.userAgent === undefined) throw new ApiError(403, 'Request forbidden by administrative rules.');
      matched = match(contract, call);
      const caller = authenticate(world, call.authorization);
      account = caller.kind === 'app' ? 'app' : `installation-${caller.token.installationId}`;
      if (matched === null) {
        violations.push(`${call.method} ${call.path}: the embedded GitHub does not serve this operation`);
        throw notFound();
      }
      const reply = await dispatch(call, matched, caller);
      noteAnswer(matched, reply);
      return { reply, account };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const reply = errorReply(error, matched);
      if (matched !== null) noteAnswer(matched, reply);
      return { reply, account };
    }
  };

  function noteAnswer(matched: MatchedOperation, reply: Reply): void {
    const { operation } = matched;
    for (const problem of contract.checkResponse(operation, reply.status, reply.body)) {
      violations.push(`${operation.key}: ${problem}`);
    }
  }
}
