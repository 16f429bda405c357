import { readFileSync } from 'node:fs';
import { buildSchema, execute, GraphQLError, parse, validate, type DocumentNode } from 'graphql';
import { isRecord } from '../../../manifests/manifest.ts';
import { authenticate, covers } from '../auth.ts';
import { ApiError, ok, type Reply } from '../http.ts';
import { nodeId } from '../json/account.ts';
import { findPullRequest, findRepository, type EmbeddedRepository } from '../state.ts';
import { timestamp, type World } from '../world.ts';
import type { ConnectionArguments } from './connection.ts';
import { errorJson, GraphqlFailure } from './failure.ts';
import { mutations } from './mutations.ts';
import { requireRead, threadsOf, type Viewer } from './threads.ts';

export interface GraphqlCall {
  readonly authorization: string | undefined;
  readonly rawBody: string | undefined;
}

export type GraphqlEndpoint = (
  call: GraphqlCall,
) => Promise<{ readonly reply: Reply; readonly account: string }>;

const LIMIT = 5000;

/** GitHub's schema, cut down by scripts/trim-graphql.ts. */
const SCHEMA = buildSchema(readFileSync(new URL('../../github.graphql', import.meta.url), 'utf8'));

function repositoryJson(viewer: Viewer, repository: EmbeddedRepository): Record<string, unknown> {
  return {
    id: nodeId('Repository', repository.id),
    nameWithOwner: repository.fullName,
    pullRequest({ number }: { number: number }): unknown {
      requireRead(viewer);
      const pullRequest = findPullRequest(viewer.world.state, repository, number);
      if (pullRequest === undefined) {
        throw new GraphqlFailure(
          'NOT_FOUND',
          `Could not resolve to a PullRequest with the number of ${number}.`,
        );
      }
      return {
        id: nodeId('PullRequest', pullRequest.id),
        number,
        reviewThreads: (page: ConnectionArguments) => threadsOf(viewer, pullRequest, page),
      };
    },
  };
}

function rootOf(viewer: Viewer): Record<string, unknown> {
  const { world, token } = viewer;
  return {
    ...mutations(viewer),
    repository({ owner, name }: { owner: string; name: string }): unknown {
      const repository = findRepository(world.state, `${owner}/${name}`);
      if (repository === undefined || !covers(token, repository)) {
        throw new GraphqlFailure(
          'NOT_FOUND',
          `Could not resolve to a Repository with the name '${owner}/${name}'.`,
        );
      }
      return repositoryJson(viewer, repository);
    },
    rateLimit: { cost: 1, limit: LIMIT, remaining: LIMIT, used: 0, resetAt: timestamp(world) },
  };
}

/** Answers GraphQL calls from GitHub's schema, and notes each document that strays from it. */
export function createGraphql(world: World, violations: string[]): GraphqlEndpoint {
  function refuse(errors: readonly GraphQLError[], code: string): Reply {
    for (const { message } of errors) violations.push(`POST /graphql: ${message}`);
    return ok({ errors: errors.map((error) => errorJson(error, code)) });
  }

  function parsed(query: string): DocumentNode | GraphQLError {
    try {
      return parse(query, { maxTokens: 20_000 });
    } catch (error) {
      if (error instanceof GraphQLError) return error;
      throw error;
    }
  }

  return async function answer({ authorization, rawBody }) {
    let account = 'anonymous';
    try {
      const caller = authenticate(world, authorization);
      if (caller.kind === 'app') throw new ApiError(401, 'Bad credentials');
      account = `installation-${caller.token.installationId}`;
      const body: unknown = JSON.parse(rawBody ?? 'null');
      if (!isRecord(body) || typeof body['query'] !== 'string') {
        return { reply: ok({ errors: [{ message: 'A query attribute must be specified.' }] }), account };
      }
      const document = parsed(body['query']);
      if (document instanceof GraphQLError) return { reply: refuse([document], 'parseError'), account };
      const problems = validate(SCHEMA, document);
      if (problems.length > 0) return { reply: refuse(problems, 'undefinedField'), account };
      const variables = isRecord(body['variables']) ? body['variables'] : {};
      const { data, errors } = await execute({
        schema: SCHEMA,
        document,
        rootValue: rootOf({ world, token: caller.token }),
        variableValues: variables,
      });
      for (const error of errors ?? []) {
        if (!(error.originalError instanceof GraphqlFailure))
          violations.push(`POST /graphql: ${error.message}`);
      }
      const failed = errors === undefined ? {} : { errors: errors.map((error) => errorJson(error)) };
      return { reply: ok({ ...(data === undefined ? {} : { data }), ...failed }), account };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { reply: { status: error.status, body: { message: error.message } }, account };
    }
  };
}
