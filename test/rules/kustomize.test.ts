import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { review } from '../../src/engine/review.ts';
import { changeOf } from '../support/change-fixture.ts';
import { run, testWith } from '../support/programs.ts';
import { ALL_RULES } from './secret-fixture.ts';

const rules = ALL_RULES.filter(({ definition: { id } }) =>
  ['valid-kustomization', 'kustomization-reference-missing', 'kustomization-cycle'].includes(id),
);
const folder = mkdtempSync(path.join(tmpdir(), 'kustomize-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const CASES = [
  'resources: [cm.yaml]',
  'Resources: [cm.yaml]',
  'resource: [cm.yaml]',
  'namespace: 12',
  'images: [{name: a, newTag: 1.2}]',
  'images: [{name: a, tag: b}]',
  'replicas: []',
  'commonLabels: {a: true}',
  'commonLabels: {a: null}',
  'labels: [{pairs: {a: b}, includeSelector: true}]',
  'patches: [a]',
  'generatorOptions: {disableNameSuffixHash: "true"}',
  'generatorOptions: {disableNameSuffixHash: yes}',
  'buildMetadata: originAnnotations',
  'sortOptions: {order: legacy}',
  'metadata: {name: a, x: y}',
  'namePrefix: null',
  'helmGlobals: {chartHome: a, x: b}',
  'openapi: {path: 1}',
  'kind: kustomization',
  'kind: ""',
  'apiVersion: kustomize.config.k8s.io/v1alpha1',
  'vars: []',
  'crds: null',
  'configMapGenerator: [{name: b, literals: [a=b], options: {immutable: true}}]',
  'configMapGenerator: [{name: b, literal: [a=b]}]',
  'secretGenerator: [{name: b, type: Opaque, literals: [a=b]}]',
  'secretGenerator: [{name: b, kind: Opaque}]',
  'replacements: [{source: {kind: ConfigMap, name: a}, target: []}]',
  'inventory: {}',
  'commonAnnotations: {a: 1}',
];

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

// kustomize itself says which files it refuses; the rules must say the same.
testWith('kustomize').each([
  ...CASES,
  'crds: [none.yaml]',
  'patches: [{path: none.yaml}]',
  'components: [none]',
  'resources: [.]',
])('kustomize and the rules agree about %s', (line) => {
  const text = /^resources?:/i.test(line) ? `${line}\n` : `resources: [cm.yaml]\n${line}\n`;
  writeFileSync(path.join(folder, 'cm.yaml'), CONFIG);
  writeFileSync(path.join(folder, 'kustomization.yaml'), text);
  const { status } = run('kustomize', ['build', folder]);
  const head = { 'k/cm.yaml': CONFIG, 'k/kustomization.yaml': text };
  const report = review(changeOf({ base: null, head }), rules, DEFAULT_POLICY);
  expect(report.findings.length > 0).toBe(status !== 0);
});
