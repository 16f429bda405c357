import type { GraphQLError } from 'graphql';

/** An error as GitHub's GraphQL API reports it: beside the data, with a type. */
export class GraphqlFailure extends Error {
  /** `FORBIDDEN`, `NOT_FOUND`, `UNPROCESSABLE`, … */
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'GraphqlFailure';
    this.type = type;
  }
}

export function forbidden(): GraphqlFailure {
  return new GraphqlFailure('FORBIDDEN', 'Resource not accessible by integration');
}

export function noNode(id: string): GraphqlFailure {
  return new GraphqlFailure('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
}

/** The error in GitHub's shape. `code` is given for documents that do not fit the schema. */
export function errorJson(error: GraphQLError, code: string | null = null): Record<string, unknown> {
  const { originalError } = error;
  return {
    ...(originalError instanceof GraphqlFailure ? { type: originalError.type } : {}),
    path: error.path ?? [],
    ...(code === null ? {} : { extensions: { code } }),
    locations: error.locations ?? [],
    message: error.message,
  };
}
