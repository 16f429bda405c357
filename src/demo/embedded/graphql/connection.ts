import { GraphqlFailure } from './failure.ts';

export interface ConnectionArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

export interface Connection<T> {
  readonly nodes: readonly T[];
  readonly totalCount: number;
  readonly pageInfo: {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
  };
}

/** GitHub gives at most this many items of a connection at a time. */
const MAX_ITEMS = 100;

function checkCount(name: string, argument: 'first' | 'last', count: number): void {
  if (count > MAX_ITEMS) {
    throw new GraphqlFailure(
      'EXCESSIVE_PAGINATION',
      `Requesting ${count} records on the \`${name}\` connection exceeds the \`${argument}\` limit of ${MAX_ITEMS} records.`,
    );
  }
  if (count < 0) {
    throw new GraphqlFailure('UNPROCESSABLE', `\`${argument}\` on the \`${name}\` connection is negative.`);
  }
}

function cursorOf(index: number): string {
  return Buffer.from(`cursor:v2:${index}`).toString('base64');
}

function indexOf(cursor: string): number {
  const index = /^cursor:v2:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1];
  if (index === undefined) {
    throw new GraphqlFailure(
      'INVALID_CURSOR_ARGUMENTS',
      `\`${cursor}\` does not appear to be a valid cursor.`,
    );
  }
  return Number(index);
}

/** A page of a list, as Relay's connections describe it, within GitHub's bounds. */
export function connect<T>(name: string, all: readonly T[], page: ConnectionArguments): Connection<T> {
  const { first, last, after, before } = page;
  if (first == null && last == null) {
    throw new GraphqlFailure(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
    );
  }
  if (first != null) checkCount(name, 'first', first);
  if (last != null) checkCount(name, 'last', last);
  let start = after == null ? 0 : indexOf(after) + 1;
  let end = before == null ? all.length : indexOf(before);
  if (first != null) end = Math.min(end, start + first);
  if (last != null) start = Math.max(start, end - last);
  const nodes = all.slice(start, end);
  return {
    nodes,
    totalCount: all.length,
    pageInfo: {
      startCursor: nodes.length === 0 ? null : cursorOf(start),
      endCursor: nodes.length === 0 ? null : cursorOf(end - 1),
      hasNextPage: end < all.length,
      hasPreviousPage: start > 0,
    },
  };
}
