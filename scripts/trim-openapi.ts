/**
 * Cuts GitHub's OpenAPI description down to the operations that the embedded GitHub serves.
 *
 *   cd "$(mktemp -d)" && npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-*.tgz
 *   node <repository>/scripts/trim-openapi.ts "$PWD/package"
 *
 * The package takes 400 MB unpacked, so it is no dependency; the result is committed as src/demo/openapi.json.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

type Json = string | number | boolean | null | Json[] | JsonObject;
interface JsonObject {
  [key: string]: Json;
}

const OUTPUT = path.join(import.meta.dirname, '..', 'src', 'demo', 'openapi.json');

const REPOSITORY = '/repos/{owner}/{repo}';

const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  '/app': ['get'],
  '/app/hook/deliveries': ['get'],
  '/app/hook/deliveries/{delivery_id}': ['get'],
  '/app/hook/deliveries/{delivery_id}/attempts': ['post'],
  '/app/installations': ['get'],
  '/app/installations/{installation_id}': ['get'],
  '/app/installations/{installation_id}/access_tokens': ['post'],
  '/installation/repositories': ['get'],
  '/meta': ['get'],
  '/orgs/{org}/teams/{team_slug}/memberships/{username}': ['get'],
  '/rate_limit': ['get'],
  [REPOSITORY]: ['get'],
  [`${REPOSITORY}/installation`]: ['get'],
  [`${REPOSITORY}/activity`]: ['get'],
  [`${REPOSITORY}/branches`]: ['get'],
  [`${REPOSITORY}/branches/{branch}`]: ['get'],
  [`${REPOSITORY}/branches/{branch}/protection`]: ['get'],
  [`${REPOSITORY}/rules/branches/{branch}`]: ['get'],
  [`${REPOSITORY}/rulesets/{ruleset_id}`]: ['get'],
  [`${REPOSITORY}/actions/permissions`]: ['get'],
  [`${REPOSITORY}/actions/permissions/workflow`]: ['get'],
  [`${REPOSITORY}/codeowners/errors`]: ['get'],
  [`${REPOSITORY}/contents/{path}`]: ['get'],
  [`${REPOSITORY}/git/trees/{tree_sha}`]: ['get'],
  [`${REPOSITORY}/check-runs`]: ['post'],
  [`${REPOSITORY}/check-runs/{check_run_id}`]: ['get', 'patch'],
  [`${REPOSITORY}/check-runs/{check_run_id}/annotations`]: ['get'],
  [`${REPOSITORY}/collaborators/{username}/permission`]: ['get'],
  [`${REPOSITORY}/commits/{ref}`]: ['get'],
  [`${REPOSITORY}/commits/{ref}/check-runs`]: ['get'],
  [`${REPOSITORY}/commits/{commit_sha}/pulls`]: ['get'],
  [`${REPOSITORY}/code-scanning/sarifs`]: ['post'],
  [`${REPOSITORY}/compare/{basehead}`]: ['get'],
  [`${REPOSITORY}/git/ref/{ref}`]: ['get'],
  [`${REPOSITORY}/git/matching-refs/{ref}`]: ['get'],
  [`${REPOSITORY}/issues`]: ['get', 'post'],
  [`${REPOSITORY}/issues/{issue_number}`]: ['get', 'patch'],
  [`${REPOSITORY}/issues/{issue_number}/comments`]: ['get', 'post'],
  [`${REPOSITORY}/issues/comments/{comment_id}/reactions`]: ['post'],
  [`${REPOSITORY}/pulls`]: ['get'],
  [`${REPOSITORY}/pulls/{pull_number}`]: ['get'],
  [`${REPOSITORY}/pulls/{pull_number}/commits`]: ['get'],
  [`${REPOSITORY}/pulls/{pull_number}/files`]: ['get'],
  [`${REPOSITORY}/pulls/{pull_number}/comments`]: ['get', 'post'],
  [`${REPOSITORY}/pulls/{pull_number}/reviews`]: ['get', 'post'],
  [`${REPOSITORY}/pulls/comments/{comment_id}`]: ['get', 'patch'],
  [`${REPOSITORY}/pulls/comments/{comment_id}/reactions`]: ['post'],
  [`${REPOSITORY}/rulesets/rule-suites`]: ['get'],
};

/** Keywords that explain and do not constrain. */
const NOISE = new Set([
  'description',
  'summary',
  'title',
  'tags',
  'externalDocs',
  'example',
  'examples',
  'default',
  'readOnly',
  'deprecated',
  'nullable',
]);

/** Formats that ajv-formats knows and GitHub's answers keep to. */
const FORMATS = new Set(['uri', 'date-time', 'date', 'email']);

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lookUp(root: JsonObject, reference: string): JsonObject {
  let value: Json | undefined = root;
  for (const part of reference.replace(/^#\//, '').split('/')) {
    value = isObject(value) ? value[part] : undefined;
  }
  if (!isObject(value)) throw new Error(`The description has no ${reference}.`);
  return value;
}

/** OpenAPI 3.0's `nullable` in the words of JSON Schema, which is what OpenAPI 3.1 and ajv read. */
function allowNull(schema: JsonObject): JsonObject {
  if (typeof schema['type'] === 'string') {
    const result: JsonObject = { ...schema, type: [schema['type'], 'null'] };
    if (Array.isArray(schema['enum']) && !schema['enum'].includes(null))
      result['enum'] = [...schema['enum'], null];
    return result;
  }
  for (const choice of ['anyOf', 'oneOf']) {
    const schemas = schema[choice];
    if (Array.isArray(schemas)) return { ...schema, [choice]: [...schemas, { type: 'null' }] };
  }
  return { anyOf: [schema, { type: 'null' }] };
}

function trimSchema(value: Json): Json {
  if (Array.isArray(value)) return value.map(trimSchema);
  if (!isObject(value)) return value;
  const result: JsonObject = {};
  for (const [key, child] of Object.entries(value)) {
    if (NOISE.has(key) || key.startsWith('x-')) continue;
    if (key === 'format' && !(typeof child === 'string' && FORMATS.has(child))) continue;
    if (key === 'properties' && isObject(child)) {
      result[key] = Object.fromEntries(
        Object.entries(child).map(([name, schema]) => [name, trimSchema(schema)]),
      );
      continue;
    }
    result[key] = key === 'enum' || key === 'required' ? child : trimSchema(child);
  }
  return value['nullable'] === true ? allowNull(result) : result;
}

function resolve(root: JsonObject, value: Json): JsonObject {
  if (!isObject(value)) throw new Error('The description holds a scalar where an object belongs.');
  return typeof value['$ref'] === 'string' ? lookUp(root, value['$ref']) : value;
}

/** The schema of `application/json`, or null when the body is empty or of another type. */
function jsonContent(body: JsonObject): JsonObject | null {
  const content = isObject(body['content']) ? body['content']['application/json'] : undefined;
  return isObject(content) ? { 'application/json': { schema: trimSchema(content['schema'] ?? {}) } } : null;
}

function trimOperation(root: JsonObject, operation: JsonObject): JsonObject {
  const parameters = (Array.isArray(operation['parameters']) ? operation['parameters'] : []).map((entry) => {
    const parameter = resolve(root, entry);
    return {
      name: parameter['name'] ?? '',
      in: parameter['in'] ?? '',
      required: parameter['required'] ?? false,
      schema: trimSchema(parameter['schema'] ?? {}),
    };
  });
  const responses: JsonObject = {};
  for (const [status, entry] of Object.entries(resolve(root, operation['responses'] ?? {}))) {
    const content = jsonContent(resolve(root, entry));
    responses[status] = content === null ? {} : { content };
  }
  const result: JsonObject = {
    operationId: operation['operationId'] ?? '',
    externalDocs: { url: resolve(root, operation['externalDocs'] ?? null)['url'] ?? '' },
    parameters,
    responses,
  };
  if (isObject(operation['requestBody'])) {
    const content = jsonContent(operation['requestBody']);
    if (content !== null)
      result['requestBody'] = { required: operation['requestBody']['required'] ?? false, content };
  }
  return result;
}

function collectReferences(value: Json, into: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collectReferences(item, into);
  } else if (isObject(value)) {
    if (typeof value['$ref'] === 'string') into.add(value['$ref']);
    for (const child of Object.values(value)) collectReferences(child, into);
  }
}

function trimDescription(root: JsonObject): JsonObject {
  const paths: JsonObject = {};
  for (const [template, methods] of Object.entries(OPERATIONS)) {
    const item = resolve(root, lookUp(root, '#/paths')[template] ?? null);
    paths[template] = Object.fromEntries(
      methods.map((method) => [method, trimOperation(root, resolve(root, item[method] ?? null))]),
    );
  }
  const schemas: JsonObject = {};
  const references = new Set<string>();
  collectReferences(paths, references);
  for (const reference of references) {
    const schema = trimSchema(lookUp(root, reference));
    schemas[reference.slice('#/components/schemas/'.length)] = schema;
    collectReferences(schema, references);
  }
  const sorted = Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const source = resolve(root, root['info'] ?? null);
  return {
    openapi: '3.1.0',
    info: {
      title: source['title'] ?? '',
      version: source['version'] ?? '',
      license: source['license'] ?? null,
    },
    paths,
    components: { schemas: sorted },
  };
}

const packageDirectory = process.argv[2];
if (packageDirectory === undefined) {
  process.stderr.write('Usage: node scripts/trim-openapi.ts DIRECTORY_OF_THE_UNPACKED_PACKAGE\n');
  process.exit(2);
}
const description: unknown = JSON.parse(
  readFileSync(path.join(packageDirectory, 'generated', 'api.github.com.json'), 'utf8'),
);
const trimmed = JSON.stringify(trimDescription(description as JsonObject));
writeFileSync(OUTPUT, trimmed + '\n');
process.stdout.write(`${OUTPUT}: ${Math.round(trimmed.length / 1024)} KB\n`);
