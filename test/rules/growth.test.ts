import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { openFile } from '../../src/engine/judged-file.ts';
import { finished } from '../../src/engine/steps.ts';
import { indexObjects, ObjectIndex, type IndexedObject } from '../../src/engine/object-index.ts';
import { knownRulesOf, type JudgedFile, type RuleContext } from '../../src/engine/rule.ts';
import { changeOf, type Files } from '../support/change-fixture.ts';
import { ALL_RULES } from './secret-fixture.ts';

/** Fewer than the square of four: what grows with the repository alone takes four times the steps. */
const MOST = 6;
const SMALL = 40;

const workload = (name: string, namespace = 'a'): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}, tier: web}}
    spec:
      serviceAccountName: ${name}
      containers: [{name: c, image: "registry.example.com/x:1", envFrom: [{configMapRef: {name: c-${name}}}, {secretRef: {name: s-${name}}}]}]
`;
const object = (apiVersion: string, kind: string, name: string, rest: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: a}\n${rest}\n`;
const each = (count: number, make: (n: number) => readonly (readonly [string, string])[]): Files =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => make(n)).flat());
const list = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `  - ${line(n)}\n`).join('');

/** Repositories that are large in one way each. */
const SHAPES: Readonly<Record<string, (count: number) => Files>> = {
  'one folder with many workloads, each of which lacks everything': (count) =>
    each(count, (n) => [
      [`apps/d${n}.yaml`, workload(`d${n}`)],
      [`apps/sa${n}.yaml`, object('v1', 'ServiceAccount', `other-${n}`, '')],
      [`apps/c${n}.yaml`, object('v1', 'ConfigMap', `other-${n}`, 'data: {a: b}')],
    ]),
  'one kustomization with many resources, and a patch for each': (count) => ({
    ...each(count, (n) => [[`apps/d${n}.yaml`, workload(`d${n}`)]]),
    'apps/kustomization.yaml': `resources:\n${list(count, (n) => `d${n}.yaml`)}patches:\n${list(
      count,
      (n) => `target: {kind: Deployment, name: x${n}}\n    patch: "[]"`,
    )}`,
  }),
  'many overlays over one base': (count) => ({
    ...each(count, (n) => [
      [`overlays/o${n}/kustomization.yaml`, `resources: [../../base]\npatches:\n  - path: patch.yaml\n`],
      [`overlays/o${n}/patch.yaml`, object('apps/v1', 'Deployment', `d${n}`, 'spec: {replicas: 3}')],
    ]),
    'base/kustomization.yaml': 'resources: [d.yaml]\n',
    'base/d.yaml': workload('d'),
  }),
  'many objects of one name': (count) =>
    each(count, (n) => [[`apps/c${n}.yaml`, object('v1', 'ConfigMap', 'same', 'data: {a: b}')]]),
  'many Services, autoscalers, budgets and policies beside many workloads': (count) =>
    each(count, (n) => [
      [`apps/d${n}.yaml`, workload(`d${n}`)],
      [
        `apps/s${n}.yaml`,
        object('v1', 'Service', `s${n}`, `spec: {selector: {tier: web, app: x${n}}, ports: [{port: 80}]}`),
      ],
      [
        `apps/h${n}.yaml`,
        object(
          'autoscaling/v2',
          'HorizontalPodAutoscaler',
          `h${n}`,
          `spec: {scaleTargetRef: {kind: Deployment, name: x${n}}, maxReplicas: 3}`,
        ),
      ],
      [
        `apps/b${n}.yaml`,
        object(
          'policy/v1',
          'PodDisruptionBudget',
          `b${n}`,
          `spec: {minAvailable: 1, selector: {matchLabels: {app: d${n}}}}`,
        ),
      ],
      [
        `apps/n${n}.yaml`,
        object(
          'networking.k8s.io/v1',
          'NetworkPolicy',
          `n${n}`,
          `spec: {podSelector: {matchLabels: {app: x${n}}}}`,
        ),
      ],
      [
        `apps/m${n}.yaml`,
        object(
          'monitoring.coreos.com/v1',
          'ServiceMonitor',
          `m${n}`,
          `spec: {selector: {matchLabels: {app: x${n}}}, endpoints: []}`,
        ),
      ],
    ]),
  'many releases, and workloads without what they need': (count) =>
    each(count, (n) => [
      [`apps/d${n}.yaml`, workload(`d${n}`, '')],
      [`apps/c${n}.yaml`, object('v1', 'ConfigMap', `other-${n}`, 'data: {a: b}')],
      [
        `flux/r${n}.yaml`,
        object(
          'helm.toolkit.fluxcd.io/v2',
          'HelmRelease',
          `r${n}`,
          `spec: {dependsOn: [{name: r${n + 1}}], chart: {spec: {chart: c${n}, sourceRef: {kind: HelmRepository, name: h${n}}}}}`,
        ),
      ],
      [
        `flux/h${n}.yaml`,
        object(
          'source.toolkit.fluxcd.io/v1',
          'HelmRepository',
          `h${n}`,
          'spec: {url: "https://charts.example.com"}',
        ),
      ],
      [
        `argo/a${n}.yaml`,
        object(
          'argoproj.io/v1alpha1',
          'Application',
          `a${n}`,
          `spec: {project: p, source: {path: apps, repoURL: "https://git.example.com/a.git"}, destination: {namespace: a, name: b}}`,
        ),
      ],
    ]),
  'many Gateways, and routes to listeners that they lack': (count) =>
    each(count, (n) => [
      [
        `apps/g${n}.yaml`,
        object(
          'gateway.networking.k8s.io/v1',
          'Gateway',
          `g${n}`,
          'spec: {gatewayClassName: c, listeners: [{name: web, port: 80, protocol: HTTP}]}',
        ),
      ],
      [
        `apps/r${n}.yaml`,
        object(
          'gateway.networking.k8s.io/v1',
          'HTTPRoute',
          `r${n}`,
          `spec: {parentRefs: [{name: g${n}, sectionName: webs}]}`,
        ),
      ],
    ]),
  'many workloads with policies for their ports, and Secrets without their keys': (count) =>
    each(count, (n) => [
      [
        `apps/p${n}.yaml`,
        `apiVersion: v1
kind: Pod
metadata: {name: p${n}, namespace: a, labels: {app: p${n}}}
spec:
  containers: [{name: c, image: a, env: [{name: A, valueFrom: {secretKeyRef: {name: s${n}, key: b}}}]}]
`,
      ],
      [
        `apps/s${n}.yaml`,
        object('bitnami.com/v1alpha1', 'SealedSecret', `s${n}`, 'spec: {encryptedData: {a: Ag}}'),
      ],
      [
        `apps/n${n}.yaml`,
        object(
          'networking.k8s.io/v1',
          'NetworkPolicy',
          `n${n}`,
          `spec: {podSelector: {matchLabels: {app: p${n}}}, ingress: [{ports: [{port: web}]}]}`,
        ),
      ],
    ]),
  'many folders that Flux deploys with patches of its own': (count) =>
    each(count, (n) => [
      [`apps/a${n}/kustomization.yaml`, 'resources: [d.yaml]\n'],
      [`apps/a${n}/d.yaml`, workload(`d${n}`)],
      [
        `flux/k${n}.yaml`,
        object(
          'kustomize.toolkit.fluxcd.io/v1',
          'Kustomization',
          `k${n}`,
          `spec: {path: apps/a${n}, sourceRef: {kind: GitRepository, name: g}, patches: [{target: {kind: Deployment, name: x}, patch: '[]'}]}`,
        ),
      ],
    ]),
};

const KINDS = new Set(ALL_RULES.flatMap(({ code }) => code?.kinds ?? []));

/** How often each rule looks at an object or opens a file. What rules share, the first of them makes. */
function stepsOf(head: Files): Map<string, number> {
  let steps = 0;
  const { after: snapshot } = changeOf({ base: null, head });
  const opened = [...snapshot.files].map(([path, file]) => openFile(path, file, snapshot).file);
  const files = new Map(
    opened.map((file): [string, () => JudgedFile] => [file.path, () => ((steps += 1), file)]),
  );
  const counted = finished(indexObjects(files.values(), KINDS, snapshot, () => true)).all.map(
    (one) =>
      new Proxy<IndexedObject>(one, {
        get: (target, key, receiver): unknown => ((steps += 1), Reflect.get(target, key, receiver)),
      }),
  );
  const context: RuleContext = {
    policy: DEFAULT_POLICY,
    parameters: {},
    objects: new ObjectIndex(counted),
    snapshot,
    knownRules: knownRulesOf(ALL_RULES),
    base: null,
    changed: snapshot.paths,
  };
  const taken = new Map<string, number>();
  for (const { code, definition } of ALL_RULES) {
    const parameters = Object.fromEntries(
      [...definition.parameters].map(([name, one]) => [name, one.default]),
    );
    steps = 0;
    if (code?.scope === 'repository') code.judge(files, { ...context, parameters });
    if (code?.scope === 'manifest') {
      for (const file of opened)
        for (const manifest of file.manifests) code.judge(manifest, { ...context, parameters, file });
    }
    taken.set(definition.id, steps);
  }
  return taken;
}

describe.each(Object.entries(SHAPES))('%s', (_name, shape) => {
  test('take each rule as many steps as there are', () => {
    const [few, many] = [stepsOf(shape(SMALL)), stepsOf(shape(4 * SMALL))];
    const growing = [...many].filter(([id, steps]) => steps > MOST * Math.max(few.get(id) ?? 0, SMALL));
    expect(growing).toEqual([]);
  });
});
