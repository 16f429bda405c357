import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readDefinition } from '../../src/manifests/custom-resources/definition.ts';
import type { SchemaNode } from '../../src/manifests/custom-resources/schema-node.ts';
import { parseYaml } from '../../src/manifests/yaml-parse.ts';

/**
 * The schemas of the CustomResourceDefinitions in a folder of a Go module, by `group/version/Kind`.
 *
 * @param name as in `example.com/module@v1.2.3`; loaded from the proxy for Go modules by `go`
 */
export function readDefinitionModule(name: string, folder: string): ReadonlyMap<string, SchemaNode> {
  const answer = execFileSync('go', ['mod', 'download', '-json', name], { encoding: 'utf8' });
  const { Dir: root } = JSON.parse(answer) as { readonly Dir: string };
  const directory = path.join(root, folder);
  return new Map(
    readdirSync(directory)
      .filter((file) => file.endsWith('.yaml'))
      .flatMap((file) => schemasIn(file, readFileSync(path.join(directory, file), 'utf8'))),
  );
}

function schemasIn(file: string, text: string): [string, SchemaNode][] {
  return parseYaml(file, text).manifests.flatMap((manifest) => {
    const definition = readDefinition(manifest);
    return (definition?.versions ?? []).flatMap(({ name, served, schema }): [string, SchemaNode][] =>
      served && schema !== null
        ? [[`${definition?.group ?? ''}/${name}/${definition?.kind ?? ''}`, schema]]
        : [],
    );
  });
}
