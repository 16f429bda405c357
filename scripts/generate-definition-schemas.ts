/**
 * Makes src/manifests/custom-resources/definitions.json: published CustomResourceDefinitions, with all that they say of values.
 *
 *   node scripts/generate-definition-schemas.ts
 *
 * Needs `go`, which loads the modules below. They are no dependencies; the result is committed.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readDefinitionModule } from './kubernetes-schemas/definition-module.ts';
import { SchemaTable } from './kubernetes-schemas/schema-table.ts';

const OUTPUT = path.join(
  import.meta.dirname,
  '..',
  'src',
  'manifests',
  'custom-resources',
  'definitions.json',
);

/** A project, and where its definitions are. The package that scripts/generate-custom-schemas.ts reads lacks their conditions. */
const MODULES = [
  { project: 'Gateway API', module: 'sigs.k8s.io/gateway-api@v1.6.3', folder: 'config/crd/experimental' },
] as const;

const table = new SchemaTable();
const kinds: [name: string, project: number, schema: number][] = [];
for (const [project, { module, folder }] of MODULES.entries()) {
  for (const [name, schema] of readDefinitionModule(module, folder))
    kinds.push([name, project, table.addRoot(schema)]);
}
kinds.sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(
  OUTPUT,
  [
    '{',
    `"projects": ${JSON.stringify(MODULES.map(({ project }) => project))},`,
    `"sources": ${JSON.stringify(MODULES.map(({ module }) => module))},`,
    `"kinds": {\n${kinds.map(([name, ...numbers]) => `${JSON.stringify(name)}: ${JSON.stringify(numbers)}`).join(',\n')}\n},`,
    `"schemas": [\n${table.lines().join(',\n')}\n]`,
    '}\n',
  ].join('\n'),
);
