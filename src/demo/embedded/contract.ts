import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { isRecord } from '../../manifests/manifest.ts';
import { closed, loadDescription, type OperationDescription, type Schema } from './description.ts';

/** One operation of GitHub's REST API, ready to check requests and answers. */
export interface Operation {
  /** `GET /repos/{owner}/{repo}`: how the handlers are named. */
  readonly key: string;
  readonly documentationUrl: string;
}

export interface MatchedOperation {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

export interface RequestProblems {
  /** What GitHub answers with 422. */
  readonly refused: readonly string[];
  /** What GitHub ignores without a word, so that the caller never learns of its mistake. */
  readonly ignored: readonly string[];
}

export interface Contract {
  readonly operations: readonly Operation[];
  /** Throws URIError when the path is not percent-encoded properly. */
  match(method: string, path: string): MatchedOperation | null;
  checkRequest(matched: MatchedOperation, query: URLSearchParams, body: unknown): RequestProblems;
  checkResponse(operation: Operation, status: number, body: unknown): readonly string[];
}

const ROOT = 'github';

/** Parameters whose value may hold slashes. */
const GREEDY = new Set(['ref', 'branch', 'basehead', 'path']);

// ajv-formats is CommonJS: Node gives the function itself, the types describe a module.
const addFormats = addFormatsModule as unknown as (ajv: Ajv) => Ajv;

function templatePattern(template: string): RegExp {
  const source = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    GREEDY.has(name) ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
  );
  return new RegExp(`^${source}$`);
}

/** Paths with more segments first, so that `commits/{ref}/pulls` wins over `commits/{ref}`. */
function bySpecificity(a: string, b: string): number {
  return b.split('/').length - a.split('/').length || a.split('{').length - b.split('{').length;
}

function escapePointer(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function describeErrors(errors: readonly ErrorObject[] | null | undefined, at: string): string[] {
  return (errors ?? []).map((error) => {
    const property: unknown = error.params['additionalProperty'];
    const name = typeof property === 'string' ? ` (${property})` : '';
    return `${at}${error.instancePath} ${error.message ?? 'is invalid'}${name}`;
  });
}

function parametersSchema(operation: OperationDescription, place: 'path' | 'query'): Schema {
  const parameters = operation.parameters.filter((parameter) => parameter.in === place);
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.schema])),
    required: parameters.filter((parameter) => parameter.required).map((parameter) => parameter.name),
  };
}

interface CompiledOperation extends Operation {
  readonly method: string;
  readonly template: string;
  readonly pattern: RegExp;
  readonly description: OperationDescription;
}

/** Checks requests and answers against GitHub's own description of its REST API. */
export function createContract(): Contract {
  const description = loadDescription();
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
  ajv.addSchema({ $id: ROOT, ...description });
  const coercing = addFormats(new Ajv({ strict: false, allErrors: true, coerceTypes: true }));
  const compiled = new Map<string, ValidateFunction>();

  const operations: CompiledOperation[] = Object.keys(description.paths)
    .toSorted(bySpecificity)
    .flatMap((template) =>
      Object.entries(description.paths[template] ?? {}).map(([method, operation]) => ({
        key: `${method.toUpperCase()} ${template}`,
        documentationUrl: operation.externalDocs.url,
        method,
        template,
        pattern: templatePattern(template),
        description: operation,
      })),
    );
  const byKey = new Map(operations.map((operation) => [operation.key, operation]));

  function validator(key: string, create: () => ValidateFunction): ValidateFunction {
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const validate = create();
    compiled.set(key, validate);
    return validate;
  }

  function find(operation: Operation): CompiledOperation {
    const found = byKey.get(operation.key);
    if (found === undefined) throw new Error(`No operation ${operation.key} in GitHub's description.`);
    return found;
  }

  function checkParameters(operation: CompiledOperation, place: 'path' | 'query', given: object): string[] {
    const validate = validator(`${operation.key} ${place}`, () =>
      coercing.compile(parametersSchema(operation.description, place)),
    );
    return validate(given) ? [] : describeErrors(validate.errors, place);
  }

  function checkBody(operation: CompiledOperation, body: unknown): RequestProblems {
    const request = operation.description.requestBody;
    const schema = request?.content['application/json']?.schema;
    if (request === undefined || schema === undefined) {
      return { refused: [], ignored: body === undefined ? [] : ['body: the operation takes none'] };
    }
    if (body === undefined) return { refused: request.required ? ['body is missing'] : [], ignored: [] };
    const pointer = `#/paths/${escapePointer(operation.template)}/${operation.method}/requestBody/content/application~1json/schema`;
    const open = validator(`${operation.key} body`, () => ajv.compile({ $ref: ROOT + pointer }));
    if (!open(body)) return { refused: describeErrors(open.errors, 'body'), ignored: [] };
    const strict = validator(`${operation.key} closed body`, () =>
      ajv.compile(closed(schema, description) as Schema),
    );
    return { refused: [], ignored: strict(body) ? [] : describeErrors(strict.errors, 'body') };
  }

  return {
    operations,
    match(method, path) {
      for (const operation of operations) {
        if (operation.method !== method.toLowerCase()) continue;
        const found = operation.pattern.exec(path);
        if (found === null) continue;
        const params: Record<string, string> = {};
        for (const [name, value] of Object.entries(found.groups ?? {}))
          params[name] = decodeURIComponent(value);
        return { operation, params };
      }
      return null;
    },
    checkRequest({ operation: { key }, params }, query, body) {
      const operation = byKey.get(key);
      if (operation === undefined) throw new Error(`No operation ${key} in GitHub's description.`);
      const given = Object.fromEntries(query);
      const known = new Set(operation.description.parameters.map((parameter) => parameter.name));
      const ignored = Object.keys(given)
        .filter((name) => !known.has(name))
        .map((name) => `query: ${name} is unknown`);
      const bodyProblems = checkBody(operation, body);
      return {
        refused: [
          ...checkParameters(operation, 'path', { ...params }),
          ...checkParameters(operation, 'query', given),
          ...bodyProblems.refused,
        ],
        ignored: [...ignored, ...bodyProblems.ignored],
      };
    },
    checkResponse(given, status, body) {
      const operation = find(given);
      const response = operation.description.responses[String(status)];
      if (response === undefined) return checkUndescribed(status, body);
      if (response.content === undefined) return [];
      if (response.content['application/json'] === undefined) return [];
      const pointer = `#/paths/${escapePointer(operation.template)}/${operation.method}/responses/${status}/content/application~1json/schema`;
      const validate = validator(`${operation.key} ${status}`, () => ajv.compile({ $ref: ROOT + pointer }));
      return validate(body) ? [] : describeErrors(validate.errors, `answer ${status}`);
    },
  };
}

/** GitHub's description leaves out most errors; they share one shape. */
function checkUndescribed(status: number, body: unknown): string[] {
  if (status < 400) return [`answer ${status} is not in GitHub's description`];
  const complete = isRecord(body) && typeof body['message'] === 'string';
  return complete ? [] : [`answer ${status} has no message`];
}
