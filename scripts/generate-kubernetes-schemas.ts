/**
 * Makes src/manifests/kubernetes/catalogue.json: which kinds each minor version of Kubernetes serves, and their fields.
 *
 *   node scripts/generate-kubernetes-schemas.ts
 *
 * Loads the packages below from the npm registry. They take 300 MB unpacked, so they are no dependencies; the result is
 * committed. A minor for which no package was published is left out, and the reader falls back to its neighbours.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  kindOf,
  readClientPackage,
  type ClientPackage,
  type ModelField,
} from './kubernetes-schemas/client-package.ts';
import { readRefinements, type Refinements } from './kubernetes-schemas/refinements.ts';
import { unpackPackage } from './kubernetes-schemas/unpack.ts';

const OUTPUT = path.join(import.meta.dirname, '..', 'src', 'manifests', 'kubernetes', 'catalogue.json');

/** Oldest first. */
const CLIENTS: Readonly<Record<string, string>> = {
  '1.27': '@kubernetes/client-node@0.19.0',
  '1.28': '@kubernetes/client-node@0.20.0',
  '1.29': '@kubernetes/client-node@0.21.0',
  '1.30': '@kubernetes/client-node@0.22.3',
  '1.32': '@kubernetes/client-node@1.1.2',
  '1.33': '@kubernetes/client-node@1.3.0',
  '1.34': '@kubernetes/client-node@1.4.0',
  '1.36': '@kubernetes/client-node@2.0.1',
};
/** Of 1.36: enumerations and quantities, which the clients do not tell from text. */
const MODELS = 'kubernetes-models@5.1.0';

const MAP = /^\{ \[key: string\]: (.*); \}$/;
const LIST = /^Array<(.*)>$/;

const directory = mkdtempSync(path.join(tmpdir(), 'kubernetes-schemas-'));
try {
  const clients = Object.entries(CLIENTS).map(
    ([minor, name]) => [minor, readClientPackage(unpackPackage(name, directory))] as const,
  );
  const refinements = readRefinements(unpackPackage(MODELS, directory));
  writeFileSync(OUTPUT, render(new Map(clients), refinements));
} finally {
  rmSync(directory, { recursive: true });
}

/** One line for each kind and each model, so that a difference can be read. */
function render(clients: ReadonlyMap<string, ClientPackage>, refinements: Refinements): string {
  const minors = [...clients.keys()];
  const all = [...clients.values()];
  const newest = all.at(-1)?.models ?? new Map<string, readonly ModelField[]>();
  const models = new Map<string, Map<string, Map<string, number>>>();
  const kinds = new Map<string, { model: string; mask: number }>();
  for (const [index, client] of all.entries()) {
    const bit = 2 ** index;
    for (const [kind, model] of client.kinds) {
      kinds.set(kind, { model, mask: (kinds.get(kind)?.mask ?? 0) + bit });
    }
    for (const [model, fields] of client.models) {
      const known = models.get(model) ?? new Map<string, Map<string, number>>();
      models.set(model, known);
      for (const field of fields) {
        const format = field.format || formatIn(newest, model, field);
        const type = typeOf(model, { ...field, format }, client, refinements) + (field.required ? '!' : '');
        const masks = known.get(field.name) ?? new Map<string, number>();
        known.set(field.name, masks.set(type, (masks.get(type) ?? 0) + bit));
      }
    }
  }
  const reached = reachedFrom(
    [...kinds.values()].map(({ model }) => model),
    models,
  );
  const everywhere = 2 ** all.length - 1;
  const kindLines = sorted(kinds).map(([kind, { model, mask }]) =>
    line(kind, mask === everywhere ? model : [model, mask]),
  );
  const modelLines = sorted(models)
    .filter(([model]) => reached.has(model))
    .map(([model, fields]) => {
      const entries = sorted(fields).map(([name, masks]) => {
        const variants = [...masks];
        const [only] = variants;
        return [
          name,
          variants.length === 1 && only?.[1] === everywhere ? only[0] : Object.fromEntries(variants),
        ];
      });
      return line(model, Object.fromEntries(entries));
    });
  const sources = Object.values(CLIENTS).concat(MODELS);
  return [
    '{',
    `"minors": ${JSON.stringify(minors)},`,
    `"sources": ${JSON.stringify(sources)},`,
    `"kinds": {\n${kindLines.join(',\n')}\n},`,
    `"models": {\n${modelLines.join(',\n')}\n}`,
    '}\n',
  ].join('\n');
}

function line(name: string, value: unknown): string {
  return `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Older clients say no formats. */
function formatIn(newest: ClientPackage['models'], model: string, field: ModelField): string {
  const now = newest.get(model)?.find(({ name }) => name === field.name);
  return now?.type === field.type ? now.format : '';
}

/** `string`, `int`, `[]#V1Container`, `{}quantity`, `Always|Never`: see src/manifests/kubernetes/catalogue.ts. */
function typeOf(model: string, field: ModelField, client: ClientPackage, refinements: Refinements): string {
  const key = `${kindOf(model)}.${field.name}`;
  const quantity = refinements.quantities.has(key);
  const values = ['apiVersion', 'kind'].includes(field.name) ? undefined : refinements.enums.get(key);
  const write = (type: string): string => {
    const map = MAP.exec(type)?.[1];
    if (map !== undefined) return `{}${write(map)}`;
    const list = LIST.exec(type)?.[1];
    if (list !== undefined) return `[]${write(list)}`;
    if (client.models.has(type)) return `#${type}`;
    if (type === 'IntOrString') return 'int-or-string';
    if (type === 'string' && quantity) return 'quantity';
    if (type === 'string' && field.format === 'byte') return 'bytes';
    if (type === 'string' && values !== undefined) return values.map((value) => `=${value}`).join('|');
    if (type === 'string' || type === 'boolean') return type;
    if (type === 'Date' || type === 'V1MicroTime') return 'time';
    if (type === 'number') return field.format === 'double' ? 'number' : 'int';
    if (type === 'any' || type === 'object') return 'any';
    throw new Error(`${model}.${field.name} has the type ${type}, which is not known.`);
  };
  return write(field.type);
}

function reachedFrom(
  roots: readonly string[],
  models: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, number>>>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...roots];
  for (let model = open.pop(); model !== undefined; model = open.pop()) {
    if (reached.has(model)) continue;
    reached.add(model);
    for (const types of models.get(model)?.values() ?? []) {
      for (const type of types.keys()) open.push(...(/#(\w+)/.exec(type)?.slice(1) ?? []));
    }
  }
  return reached;
}
