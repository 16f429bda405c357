import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../src/engine/finding.ts';
import { reviewed } from './secret-fixture.ts';

const DEPLOYMENT = (spec: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
${spec}`;

function of(ruleId: string, head: Record<string, string>): readonly Finding[] {
  return reviewed({ base: null, head }).findings.filter((finding) => finding.ruleId === ruleId);
}

describe('suggestions', () => {
  test.each([
    ['image: k8s.gcr.io/pause:3.1', 'image: registry.k8s.io/pause:3.1'],
    ['image: "k8s.gcr.io/pause:3.1" # why', 'image: "registry.k8s.io/pause:3.1" # why'],
    ["image: 'k8s.gcr.io/pause@sha256:x'", "image: 'registry.k8s.io/pause@sha256:x'"],
  ])('%s is put right where it stands', (line, wanted) => {
    const spec = `      containers:\n        - name: web\n          ${line}\n`;
    const [finding] = of('no-removed-registry', { 'a.yaml': DEPLOYMENT(spec) });
    expect(finding?.suggestion).toEqual({ startLine: 11, endLine: 11, text: `          ${wanted}` });
  });

  test('none where the edit is not certain', () => {
    const spec =
      '      containers:\n        - name: web\n          image: >-\n            k8s.gcr.io/pause:3.1\n';
    const [folded] = of('no-removed-registry', { 'a.yaml': DEPLOYMENT(spec) });
    expect(folded).toBeDefined();
    expect(folded?.suggestion).toBeNull();
  });

  test('the old field of a ServiceAccount is renamed, and its value left alone', () => {
    const spec = '      serviceAccount: serviceAccount # old\n      containers: []\n';
    const [finding] = of('no-deprecated-service-account-field', { 'a.yaml': DEPLOYMENT(spec) });
    expect(finding?.suggestion?.text).toBe('      serviceAccountName: serviceAccount # old');
  });
});

describe('with every rule switched on, objects that other rules asked for change nothing', () => {
  const account = (name: string): string =>
    `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ${name}, namespace: shop}\n`;
  const more = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: shop}\n';
  const project = 'apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: shop}\n';
  const web = DEPLOYMENT('      serviceAccountName: wbe\n      containers: []\n');

  test('service-account-exists', () => {
    expect(
      of('service-account-exists', {
        'a.yaml': web,
        'b.yaml': account('web'),
        'c.yaml': more,
        'd.yaml': project,
      }),
    ).toHaveLength(1);
    expect(of('service-account-exists', { 'a.yaml': web, 'b.yaml': account('wbe'), 'c.yaml': more })).toEqual(
      [],
    );
  });
});

describe('no-duplicate-object', () => {
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n';
  const at = (findings: readonly Finding[]): unknown[] =>
    findings.map(({ subject, related }) => [
      subject.type === 'file' && subject.path,
      related.map(({ location }) => [location.path, location.range?.start.line]),
    ]);

  test('names the other one with its line, and each pair once', () => {
    const head = {
      'kustomization.yaml': 'resources: [app]\n',
      'app/kustomization.yaml': 'resources: [a.yaml, b.yaml]\n',
      'app/a.yaml': map,
      'app/b.yaml': map,
    };
    expect(at(of('no-duplicate-object', head))).toEqual([['app/b.yaml', [['app/a.yaml', 3]]]]);
  });

  test('a file that a kustomization reaches twice is one object', () => {
    const head = {
      'kustomization.yaml': 'resources: [a, b]\n',
      'a/kustomization.yaml': 'resources: [../c]\n',
      'b/kustomization.yaml': 'resources: [../c]\n',
      'c/kustomization.yaml': 'resources: [m.yaml]\n',
      'c/m.yaml': map,
    };
    expect(of('no-duplicate-object', head)).toEqual([]);
  });

  test('a circle of kustomizations ends', () => {
    const head = {
      'a/kustomization.yaml': 'resources: [../b, one.yaml, two.yaml]\n',
      'b/kustomization.yaml': 'resources: [../a]\n',
      'a/one.yaml': map,
      'a/two.yaml': map,
    };
    expect(at(of('no-duplicate-object', head))).toHaveLength(1);
  });
});

describe('what a kustomization above may add is not missing', () => {
  const web = DEPLOYMENT(
    '      containers:\n        - {name: web, ports: [{containerPort: 80}], resources: {requests: {cpu: 1, memory: 1}}}\n',
  );
  const probe = 'spec: {template: {spec: {containers: [{name: web, readinessProbe: {}}]}}}';
  const found = (files: Record<string, string>): number =>
    of('readiness-probe', {
      'base/web.yaml': web,
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      ...files,
    }).length;

  test.each<[string, Record<string, string>]>([
    [
      'a patch in the kustomization',
      { 'o/kustomization.yaml': `resources: [../base]\npatches: [{patch: "${probe}"}]\n` },
    ],
    [
      'a patch in a file',
      {
        'o/kustomization.yaml': 'resources: [../base]\npatches: [{path: more.yaml}]\n',
        'o/more.yaml': `${probe}\n`,
      },
    ],
    [
      'a file that was not loaded',
      { 'o/kustomization.yaml': 'resources: [../base]\npatches: [{path: gone.yaml}]\n' },
    ],
    [
      'the old form',
      {
        'o/kustomization.yaml': 'resources: [../base]\npatchesStrategicMerge: [more.yaml]\n',
        'o/more.yaml': `${probe}\n`,
      },
    ],
    [
      'a patch in the text of the old form',
      { 'o/kustomization.yaml': `resources: [../base]\npatchesStrategicMerge:\n  - |-\n    ${probe}\n` },
    ],
    [
      'a component',
      {
        'o/kustomization.yaml': 'resources: [../base]\ncomponents: [../c]\n',
        'c/kustomization.yaml': `kind: Component\npatches: [{patch: "${probe}"}]\n`,
      },
    ],
    ['a transformer', { 'o/kustomization.yaml': 'resources: [../base]\ntransformers: [t.yaml]\n' }],
  ])('%s', (_name, files) => {
    expect(found(files)).toBe(0);
  });

  test.each<[string, Record<string, string>]>([
    ['no overlay', {}],
    [
      'a patch of something else',
      { 'o/kustomization.yaml': 'resources: [../base]\npatches: [{patch: "spec: {replicas: 2}"}]\n' },
    ],
    [
      'an overlay of something else',
      { 'o/kustomization.yaml': `resources: [x]\npatches: [{patch: "${probe}"}]\n` },
    ],
  ])('%s', (_name, files) => {
    expect(found(files)).toBe(1);
  });
});
