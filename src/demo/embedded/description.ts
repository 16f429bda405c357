import { readFileSync } from 'node:fs';
import { isRecord } from '../../manifests/manifest.ts';

export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

export interface OperationDescription {
  readonly externalDocs: { readonly url: string };
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** GitHub's description of its REST API, cut down by scripts/trim-openapi.ts. */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationDescription>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Fields of a review comment that are null when it is outdated or belongs to the whole file. */
const NULLABLE_COMMENT_FIELDS = ['line', 'original_line', 'position', 'original_position'];

/**
 * Corrects the places where GitHub's answers are known to differ from its description: null in review
 * comments, where it promises numbers; and a list of installations whose accounts would have to be a user
 * and an enterprise at once.
 */
function correct({ paths, components }: Description): Description {
  const { installation, 'pull-request-review-comment': comment, ...schemas } = components.schemas;
  const list = paths['/app/installations']?.['get'];
  if (installation === undefined || comment === undefined || list === undefined) {
    throw new Error('src/demo/openapi.json lacks a schema; make it again with scripts/trim-openapi.ts.');
  }
  const nullable = NULLABLE_COMMENT_FIELDS.map((field) => [field, { type: ['integer', 'null'] }] as const);
  const properties = { ...(comment['properties'] as Schema), ...Object.fromEntries(nullable) };
  const schema = { type: 'array', items: { $ref: '#/components/schemas/installation' } };
  const responses = { ...list.responses, 200: { content: { 'application/json': { schema } } } };
  return {
    paths: { ...paths, '/app/installations': { get: { ...list, responses } } },
    components: {
      schemas: { ...schemas, installation, 'pull-request-review-comment': { ...comment, properties } },
    },
  };
}

export function loadDescription(): Description {
  const file = new URL('../openapi.json', import.meta.url);
  return correct(JSON.parse(readFileSync(file, 'utf8')) as Description);
}

/** The same schema with every object closed to properties that it does not name. */
export function closed(schema: unknown, description: Description): unknown {
  if (Array.isArray(schema)) return schema.map((item) => closed(item, description));
  if (!isRecord(schema)) return schema;
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    return closed(description.components.schemas[reference.split('/').at(-1) ?? ''], description);
  }
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    result[key] =
      key === 'properties' && isRecord(value)
        ? Object.fromEntries(Object.entries(value).map(([name, child]) => [name, closed(child, description)]))
        : closed(value, description);
  }
  if (isRecord(schema['properties']) && schema['additionalProperties'] === undefined) {
    result['additionalProperties'] = false;
  }
  return result;
}
