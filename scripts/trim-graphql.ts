/**
 * Cuts GitHub's GraphQL schema, as @octokit/graphql-schema publishes it, down to what the embedded GitHub serves, and
 * writes it to src/demo/github.graphql. With --check nothing is written: a stale file is named, and the exit code is 1.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Kind,
  parse,
  print,
  visit,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
} from 'graphql';

const OUTPUT = path.join(import.meta.dirname, '..', 'src', 'demo', 'github.graphql');
const NODE = ['id'];
const PAGES = ['nodes', 'pageInfo', 'totalCount'];
const ACTOR = ['login', 'url'];

/** Object types and interfaces, with the fields of each that are served. Inputs, enums and scalars are kept whole. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Query: ['rateLimit', 'repository', 'viewer'],
  Mutation: [
    'addPullRequestReviewThreadReply',
    'minimizeComment',
    'resolveReviewThread',
    'unminimizeComment',
    'unresolveReviewThread',
    'updatePullRequestReviewComment',
  ],
  Node: NODE,
  Actor: ACTOR,
  Minimizable: ['isMinimized', 'minimizedReason', 'viewerCanMinimize'],
  Bot: [...NODE, ...ACTOR, 'databaseId'],
  User: [...NODE, ...ACTOR, 'databaseId'],
  PageInfo: ['endCursor', 'hasNextPage', 'hasPreviousPage', 'startCursor'],
  RateLimit: ['cost', 'limit', 'remaining', 'resetAt', 'used'],
  Repository: [...NODE, 'nameWithOwner', 'pullRequest'],
  PullRequest: [...NODE, 'number', 'reviewThreads'],
  PullRequestReviewThreadConnection: PAGES,
  PullRequestReviewThread: [
    ...NODE,
    'comments',
    'diffSide',
    'isCollapsed',
    'isOutdated',
    'isResolved',
    'line',
    'originalLine',
    'path',
    'resolvedBy',
    'startLine',
    'subjectType',
    'viewerCanReply',
    'viewerCanResolve',
    'viewerCanUnresolve',
  ],
  PullRequestReviewCommentConnection: PAGES,
  PullRequestReviewComment: [
    ...NODE,
    'author',
    'body',
    'createdAt',
    'databaseId',
    'isMinimized',
    'minimizedReason',
    'path',
    'url',
    'viewerCanMinimize',
    'viewerCanUpdate',
    'viewerDidAuthor',
  ],
  AddPullRequestReviewThreadReplyPayload: ['clientMutationId', 'comment'],
  MinimizeCommentPayload: ['clientMutationId', 'minimizedComment'],
  ResolveReviewThreadPayload: ['clientMutationId', 'thread'],
  UnminimizeCommentPayload: ['clientMutationId', 'unminimizedComment'],
  UnresolveReviewThreadPayload: ['clientMutationId', 'thread'],
  UpdatePullRequestReviewCommentPayload: ['clientMutationId', 'pullRequestReviewComment'],
};

/** Named types that a definition refers to. */
function namesIn(definition: DefinitionNode): string[] {
  const names: string[] = [];
  visit(definition, {
    NamedType(node) {
      names.push(node.name.value);
    },
    Directive(node) {
      names.push(node.name.value);
    },
  });
  return names;
}

function withoutDescription(definition: DefinitionNode): DefinitionNode {
  return visit<DefinitionNode>(definition, {
    enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
  });
}

/** The fields of a type that are served, or null for a type that is not. */
function trimFields(name: string, fields: readonly FieldDefinitionNode[]): FieldDefinitionNode[] | null {
  const wanted = FIELDS[name];
  if (wanted === undefined) return null;
  const kept = fields.filter((field) => wanted.includes(field.name.value));
  const missing = wanted.filter((one) => !kept.some((field) => field.name.value === one));
  if (missing.length > 0) throw new Error(`GitHub's schema has no ${name}.${missing.join(`, ${name}.`)}.`);
  return kept;
}

function trim(definition: DefinitionNode): DefinitionNode | null {
  const plain = withoutDescription(definition);
  if (plain.kind !== Kind.OBJECT_TYPE_DEFINITION && plain.kind !== Kind.INTERFACE_TYPE_DEFINITION)
    return plain;
  const fields = trimFields(plain.name.value, plain.fields ?? []);
  if (fields === null) return null;
  const kept = new Set(fields.map(({ name }) => name.value));
  const interfaces = (plain.interfaces ?? []).filter(({ name }) =>
    FIELDS[name.value]?.every((field) => kept.has(field)),
  );
  // What is deprecated is still served; the directive needs no place here.
  return {
    ...plain,
    fields: fields.map((field) => ({ ...field, directives: [] })),
    interfaces,
    directives: [],
  };
}

function trimSchema(schema: DocumentNode): DocumentNode {
  const byName = new Map<string, DefinitionNode>();
  for (const definition of schema.definitions) {
    const trimmed = trim(definition);
    if (trimmed !== null && 'name' in trimmed) byName.set(trimmed.name.value, trimmed);
  }
  const wanted = new Set(Object.keys(FIELDS));
  for (const name of wanted) {
    const definition = byName.get(name);
    if (definition !== undefined) for (const one of namesIn(definition)) wanted.add(one);
  }
  const definitions = [...byName].filter(([name]) => wanted.has(name)).map(([, definition]) => definition);
  return { kind: schema.kind, definitions };
}

// The package exports its code only; the schema lies beside it.
const entry = fileURLToPath(import.meta.resolve('@octokit/graphql-schema'));
const source = path.join(path.dirname(entry), 'schema.graphql');
const wanted = `# Made by scripts/trim-graphql.ts from GitHub's published schema.\n\n${print(trimSchema(parse(readFileSync(source, 'utf8'))))}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(OUTPUT, wanted);
} else if (readFileSync(OUTPUT, 'utf8') !== wanted) {
  console.error('src/demo/github.graphql is stale: run npm run generate');
  process.exitCode = 1;
}
