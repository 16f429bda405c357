/**
 * Makes src/manifests/custom-resources/published.json: the kinds of widely used controllers, and their fields.
 *
 *   node scripts/generate-custom-schemas.ts
 *
 * Loads the packages below from the npm registry. They are no dependencies; the result is committed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readModelPackage } from './kubernetes-schemas/model-package.ts';
import { ModelTable } from './kubernetes-schemas/model-table.ts';
import { unpackPackage } from './kubernetes-schemas/unpack.ts';

const OUTPUT = path.join(import.meta.dirname, '..', 'src', 'manifests', 'custom-resources', 'published.json');

/** A project, and the package that describes its kinds. */
const PACKAGES: Readonly<Record<string, string>> = {
  'Argo CD': 'argo-cd@4.0.0',
  'Argo Rollouts': 'argo-rollouts@2.0.0',
  'Argo Workflows': 'argo-workflows@2.0.0',
  'cert-manager': 'cert-manager@6.0.0',
  'External Secrets': 'external-secrets@2.0.0',
  Flux: 'flux-cd@4.0.0',
  'Gateway API': 'gateway-api@2.0.0',
  Istio: 'istio@3.0.1',
  KEDA: 'keda@2.0.0',
  'Prometheus Operator': 'prometheus-operator@6.0.0',
  'Sealed Secrets': 'sealed-secrets@6.0.0',
  Traefik: 'traefik@2.0.0',
};

const directory = mkdtempSync(path.join(tmpdir(), 'custom-schemas-'));
try {
  writeFileSync(OUTPUT, render());
} finally {
  rmSync(directory, { recursive: true });
}

/** One line for each kind and each model, so that a difference can be read. Equal models stand there once. */
function render(): string {
  const models = new ModelTable();
  const kinds: [name: string, project: number, model: number][] = [];
  for (const [project, [, name]] of Object.entries(PACKAGES).entries()) {
    const unpacked = unpackPackage(`@kubernetes-models/${name}`, directory);
    for (const [kind, model] of readModelPackage(unpacked)) kinds.push([kind, project, models.add(model)]);
  }
  kinds.sort(([a], [b]) => (a < b ? -1 : 1));
  const kindLines = kinds.map(([name, project, model]) => `${JSON.stringify(name)}: [${project},${model}]`);
  return [
    '{',
    `"projects": ${JSON.stringify(Object.keys(PACKAGES))},`,
    `"sources": ${JSON.stringify(Object.values(PACKAGES))},`,
    `"kinds": {\n${kindLines.join(',\n')}\n},`,
    `"models": [\n${models.lines().join(',\n')}\n]`,
    '}\n',
  ].join('\n');
}
