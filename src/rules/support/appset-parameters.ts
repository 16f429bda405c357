import { asText, isRecord } from '../../manifests/manifest.ts';
import { listAt } from '../../manifests/workload.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the generators of an ApplicationSet give. */
export interface Parameters {
  /** As Go templates call them: the first step of each, such as `path`. */
  readonly roots: ReadonlySet<string>;
  /** As the older templates call them: `path.basename`, `values.region`. */
  readonly names: ReadonlySet<string>;
  /** Beginnings of names of which the rest is only known later: `metadata.labels.`. */
  readonly open: readonly string[];
}

const PATH_PARTS = ['', '.basename', '.basenameNormalized'];
const CLUSTER = ['name', 'nameNormalized', 'server', 'project'];
const CLUSTER_OPEN = ['metadata.labels.', 'metadata.annotations.'];
/** Generators in a matrix may hold one more. */
const MAX_DEPTH = 3;
/** Fields beside the generator. */
const BESIDE = new Set(['selector']);

/** Null when one of the generators may give anything. */
export function parametersOf(applicationSet: Fields): Parameters | null {
  const generators = listAt(applicationSet, ['spec', 'generators']);
  return generators.length === 0 ? null : join(generators.map((generator) => ofGenerator(generator, 0)));
}

function ofGenerator(generator: unknown, depth: number): Parameters | null {
  if (!isRecord(generator) || depth > MAX_DEPTH) return null;
  const types = Object.keys(generator).filter((key) => !BESIDE.has(key));
  const [type = ''] = types;
  const settings = generator[type];
  if (types.length !== 1 || !isRecord(settings) || settings['template'] !== undefined) return null;
  switch (type) {
    case 'list':
      return ofList(settings);
    case 'git':
      return ofFolders(settings);
    case 'clusters':
      return withValues(
        { roots: [...CLUSTER, 'metadata', 'clusters'], names: CLUSTER, open: CLUSTER_OPEN },
        settings,
      );
    case 'matrix':
    case 'merge':
      return join(listAt(settings, ['generators']).map((inner) => ofGenerator(inner, depth + 1)));
    default:
      return null;
  }
}

function ofList(settings: Fields): Parameters | null {
  const elements = listAt(settings, ['elements']);
  if (settings['elementsYaml'] !== undefined || elements.length === 0 || !elements.every(isRecord))
    return null;
  const known = elements.filter(isRecord);
  if (known.some((element) => Object.keys(element).some((key) => key.includes('{{') || key === '<<')))
    return null;
  const roots = known.flatMap((element) => Object.keys(element));
  const values = known.flatMap(({ values: own }) => valueNames(own));
  return joined(roots, [...roots, ...values], []);
}

function ofFolders(settings: Fields): Parameters | null {
  if (listAt(settings, ['directories']).length === 0 || settings['files'] !== undefined) return null;
  const prefix = asText(settings['pathParamPrefix']);
  const path = prefix === null ? 'path' : `${prefix}.path`;
  const names = PATH_PARTS.map((part) => `${path}${part}`);
  return withValues({ roots: [prefix ?? 'path'], names, open: [`${path}[`] }, settings);
}

function withValues(
  { roots, names, open }: { roots: readonly string[]; names: readonly string[]; open: readonly string[] },
  { values }: Fields,
): Parameters {
  return joined([...roots, 'values'], [...names, ...valueNames(values)], open);
}

function valueNames(values: unknown): string[] {
  return isRecord(values) ? Object.keys(values).map((key) => `values.${key}`) : [];
}

function joined(roots: readonly string[], names: readonly string[], open: readonly string[]): Parameters {
  return { roots: new Set(roots), names: new Set(names), open };
}

function join(all: readonly (Parameters | null)[]): Parameters | null {
  const known = all.filter((one) => one !== null);
  if (known.length < all.length || known.length === 0) return null;
  return joined(
    known.flatMap(({ roots }) => [...roots]),
    known.flatMap(({ names }) => [...names]),
    known.flatMap(({ open }) => open),
  );
}
