import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A field of a model, in the words of the generator that wrote the package: `Array<V1Container>`, `IntOrString`… */
export interface ModelField {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly required: boolean;
}

/** What one release of Kubernetes serves, as a release of `@kubernetes/client-node` knows it. */
export interface ClientPackage {
  /** By the name of the class, such as `V1Deployment`. */
  readonly models: ReadonlyMap<string, readonly ModelField[]>;
  /** Class by `group/version/Kind`; `v1/Pod` for the core group. */
  readonly kinds: ReadonlyMap<string, string>;
}

interface Attribute {
  readonly name: string;
  readonly baseName: string;
  readonly type: string;
  readonly format?: string;
}

/** @param directory of the unpacked package */
export function readClientPackage(directory: string): ClientPackage {
  const generated = path.join(directory, 'dist', 'gen');
  const folders = readdirSync(generated);
  const models = path.join(generated, folders.includes('models') ? 'models' : 'model');
  const apis = path.join(generated, folders.includes('apis') ? 'apis' : 'api');
  const pod = readFileSync(path.join(models, `${folders.includes('models') ? 'V' : 'v'}1Pod.js`), 'utf8');
  const [mark = ''] = /(?:OpenAPI spec version|version of the OpenAPI document): \S+/.exec(pod) ?? [];
  const current = readModels(models, mark);
  return { models: current, kinds: readKinds(apis, current) };
}

function readFiles(folder: string, pattern: RegExp): readonly [code: string, declaration: string][] {
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => [
      readFileSync(path.join(folder, name), 'utf8'),
      readFileSync(path.join(folder, name.replace(/\.js$/, '.d.ts')), 'utf8'),
    ]);
}

/** Packages also hold what older releases left behind: only files with the newest version's mark count. */
function readModels(folder: string, mark: string): ReadonlyMap<string, readonly ModelField[]> {
  const found = new Map<string, readonly ModelField[]>();
  for (const [code, declaration] of readFiles(folder, /\.js$/)) {
    if (!code.includes(mark)) continue;
    const match = /(\w+)\.attributeTypeMap = (\[[\s\S]*?\n\]|\[\]);/.exec(code);
    if (match === null) continue;
    const [, model = '', attributes = '[]'] = match;
    const optional = new Set([...declaration.matchAll(/^ {4}'([^']+)'\?: /gm)].map(([, name]) => name));
    const fields = (JSON.parse(attributes) as readonly Attribute[]).map((attribute) => ({
      name: attribute.baseName,
      type: attribute.type,
      format: attribute.format ?? '',
      required: !optional.has(attribute.name),
    }));
    found.set(model, fields);
  }
  return found;
}

/** What can be created: the path tells group and version, the body's class the kind. */
function readKinds(
  folder: string,
  models: ReadonlyMap<string, readonly ModelField[]>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [code, declaration] of readFiles(folder, /Api\.js$/)) {
    const bodies = new Map(
      [...declaration.matchAll(/^ {4}(create\w+)\([^)]*?\bbody: (\w+)/gm)].map(
        ([, method = '', body = '']) => [method, body] as const,
      ),
    );
    const calls = code.matchAll(
      /^ {4}async (create\w+)\([\s\S]*?localVarPath = (?:this\.basePath \+ )?'\/(?:api|apis)\/([^']+?)'/gm,
    );
    for (const [, method = '', route = ''] of calls) {
      const body = bodies.get(method);
      // Below another object (`…/{name}/eviction`) something is done, and nothing is deployed.
      if (body === undefined || route.includes('/{name}/') || !models.has(body)) continue;
      const [first = '', second = ''] = route.split('/');
      const version = /^v\d/.test(first) ? first : `${first}/${second}`;
      found.set(`${version}/${kindOf(body)}`, body);
    }
  }
  return found;
}

/** `V1Deployment`, `CoreV1Event`, `V2HorizontalPodAutoscaler`: the kind stands behind the version. */
export function kindOf(model: string): string {
  return model.replace(/^(?:[A-Z][a-z]+)*?V\d+(?:(?:alpha|beta)\d+)?(?=[A-Z])/, '');
}
