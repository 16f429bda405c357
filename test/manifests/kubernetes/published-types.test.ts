import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { schemaOf, servedBy, targetOf } from '../../../src/manifests/kubernetes/catalogue.ts';
import { checkValue } from '../../../src/manifests/kubernetes/check-value.ts';
import type { Schema } from '../../../src/manifests/kubernetes/schema.ts';
import type { Manifest } from '../../../src/manifests/manifest.ts';
import { isRecord } from '../../../src/manifests/manifest.ts';
import { parseYaml } from '../../../src/manifests/yaml-parse.ts';

/**
 * Kubernetes' own Go types, written out by its own code with every field filled in: a source that has nothing to do with
 * the packages from which our catalogue is made. `scripts/install-peers.sh` loads them.
 */
const MODULES: readonly [minor: string, version: string, folder: string][] = [
  ['1.28', 'v0.30.3', 'v1.28.0'],
  ['1.30', 'v0.30.3', 'HEAD'],
  ['1.34', 'v0.36.0', 'v1.34.0'],
  ['1.36', 'v0.36.0', 'HEAD'],
];

function folderOf(version: string, folder: string): string | null {
  const { status, stdout } = spawnSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' });
  if (status !== 0) return null;
  const directory = path.join(stdout.trim(), 'k8s.io', `api@${version}`, 'testdata', folder);
  return existsSync(directory) ? directory : null;
}

function manifestsIn(directory: string): readonly Manifest[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.yaml') && !name.includes('after_roundtrip'))
    .flatMap((name) => parseYaml(name, readFileSync(path.join(directory, name), 'utf8')).manifests);
}

/** An object inside another may say what it is, and need not. */
const TYPE_NAMES = /\.(?:apiVersion|kind)$/;

/** Fields of the schema that the value, in which every field is set, does not have. */
function surplus(value: unknown, schema: Schema, depth = 0): string[] {
  if (depth > 12) return [];
  if (schema.type === 'list' && Array.isArray(value)) return surplus(value[0], schema.items, depth + 1);
  if (schema.type === 'map' && isRecord(value))
    return surplus(Object.values(value)[0], schema.values, depth + 1);
  if (schema.type !== 'object' || !isRecord(value)) return [];
  return [...schema.fields()].flatMap(([name, field]) =>
    Object.hasOwn(value, name)
      ? surplus(value[name], field.schema, depth + 1).map((inner) => `${name}.${inner}`)
      : [name],
  );
}

describe.each(MODULES)('Kubernetes %s', (minor, version, folder) => {
  const directory = folderOf(version, folder);

  (directory === null ? test.skip : test)('has the fields and types of its own Go types', () => {
    const target = targetOf(minor);
    let compared = 0;
    const differences: string[] = [];
    for (const { apiVersion, kind, value } of manifestsIn(directory ?? '')) {
      const schema = schemaOf(apiVersion, kind, target);
      if (schema === null) continue;
      compared += 1;
      const rest = Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'status'));
      // Texts are made up there: they are none of an enumeration.
      const faults = checkValue(rest, schema).filter(({ type }) => type !== 'wrong-value');
      differences.push(
        ...faults.map((fault) => `${apiVersion}/${kind}: ${fault.type} ${fault.pointer.join('.')}`),
        ...surplus(value, schema)
          .filter((field) => !TYPE_NAMES.test(field))
          .map((field) => `${apiVersion}/${kind}: more than there is: ${field}`),
      );
    }
    expect(compared).toBeGreaterThan(60);
    expect(differences).toEqual([]);
  });

  (directory === null ? test.skip : test)('serves only kinds that have Go types', () => {
    const known = new Set(
      manifestsIn(directory ?? '').map(({ apiVersion, kind }) => `${apiVersion}/${kind}`),
    );
    // Of modules of their own: k8s.io/apiextensions-apiserver and k8s.io/kube-aggregator.
    const elsewhere = /^(?:apiextensions|apiregistration)\.k8s\.io\//;
    const served = [...known].filter((name) => {
      const slash = name.lastIndexOf('/');
      return servedBy(name.slice(0, slash), name.slice(slash + 1)).includes(minor);
    });
    expect(served.length).toBeGreaterThan(60);
    expect(served.filter((name) => !known.has(name) && !elsewhere.test(name))).toEqual([]);
  });
});
