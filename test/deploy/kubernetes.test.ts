import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { DEPLOY, ROOT, run, testWith } from '../support/programs.ts';

type Node = Readonly<Record<string, unknown>>;

const KUBERNETES = path.join(DEPLOY, 'kubernetes');
const OVERLAYS = ['embedded', 'postgresql'] as const;
const withKustomize = testWith('kustomize');
let folder = '';
let policy = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gitops-warden-deploy-'));
  policy = path.join(folder, 'policy.yml');
  writeFileSync(policy, 'version: 1\nprofile: strict\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function build(overlay: string): string {
  const built = run('kustomize', ['build', path.join(KUBERNETES, 'overlays', overlay)]);
  expect(built).toMatchObject({ status: 0 });
  return built.stdout;
}

function objectsOf(overlay: string): readonly Node[] {
  return parseAllDocuments(build(overlay)).map((document) => document.toJS() as Node);
}

/** The value at a path such as `spec.template`; undefined when there is none. */
function at(node: unknown, where: string): unknown {
  return where.split('.').reduce<unknown>((value, key) => (value as Node | undefined)?.[key], node);
}

function only(objects: readonly Node[], kind: string): Node {
  const found = objects.filter((object) => object['kind'] === kind);
  expect(found).toHaveLength(1);
  return found[0]!;
}

function container(deployment: Node): Node {
  const containers = at(deployment, 'spec.template.spec.containers') as readonly Node[];
  expect(containers).toHaveLength(1);
  return containers[0]!;
}

function strictScan(target: string): void {
  expect(
    run(process.execPath, ['--no-warnings', 'src/cli.ts', 'scan', target, '--policy', policy]),
  ).toMatchObject({ status: 0 });
}

test('the manifests pass our own strict profile', () => {
  strictScan(KUBERNETES);
});

test('nothing in the manifests is a Secret', () => {
  const files = run('git', [
    'ls-files',
    '--cached',
    '--others',
    '--exclude-standard',
    'deploy/kubernetes',
  ]).stdout;
  const manifests = files.split('\n').filter((file) => file.endsWith('.yaml'));
  expect(manifests.length).toBeGreaterThan(10);
  for (const file of manifests)
    expect(readFileSync(path.join(ROOT, file), 'utf8')).not.toMatch(/^\s*kind:\s*Secret\s*$/m);
});

describe.each(OVERLAYS)('the overlay %s', (overlay) => {
  withKustomize('passes our own strict profile as it is deployed', () => {
    const file = path.join(folder, `${overlay}.yaml`);
    writeFileSync(file, build(overlay));
    strictScan(file);
  });

  withKustomize('meets the Pod Security Standard restricted', () => {
    const objects = objectsOf(overlay);
    const deployment = only(objects, 'Deployment');
    const pod = at(deployment, 'spec.template.spec');
    expect(at(pod, 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container(deployment)['securityContext']).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
    });
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) expect(at(pod, field)).toBeUndefined();
    for (const volume of at(pod, 'volumes') as readonly Node[]) expect(volume['hostPath']).toBeUndefined();
    expect(at(pod, 'automountServiceAccountToken')).toBe(false);
    expect(only(objects, 'ServiceAccount')['automountServiceAccountToken']).toBe(false);
    const labels = at(only(objects, 'Namespace'), 'metadata.labels') as Node;
    expect(labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
  });

  withKustomize('gives a stopping pod the time that draining may take', () => {
    const objects = objectsOf(overlay);
    const deployment = only(objects, 'Deployment');
    const grace = at(deployment, 'spec.template.spec.terminationGracePeriodSeconds');
    const drain = Number(at(only(objects, 'ConfigMap'), 'data.DRAIN_SECONDS'));
    const sleep = at(container(deployment), 'lifecycle.preStop.sleep.seconds');
    expect(grace).toBeGreaterThan(drain + (sleep as number));
  });

  withKustomize('asks after its health at the port that the App listens on', () => {
    const objects = objectsOf(overlay);
    const app = container(only(objects, 'Deployment'));
    const [port] = app['ports'] as readonly Node[];
    expect(String(port?.['containerPort'])).toBe(at(only(objects, 'ConfigMap'), 'data.PORT'));
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
      expect(at(app, `${probe}.httpGet.port`)).toBe(port?.['name']);
    expect(at(app, 'readinessProbe.httpGet.path')).toBe('/readyz');
    expect(at(app, 'livenessProbe.httpGet.path')).toBe('/healthz');
    expect(Object.keys(at(app, 'resources.requests') as Node)).toEqual(
      expect.arrayContaining(['cpu', 'memory']),
    );
    expect(Object.keys(at(app, 'resources.limits') as Node)).toEqual(
      expect.arrayContaining(['cpu', 'memory']),
    );
  });

  withKustomize('sets only variables that are described, and mounts every file that they name', () => {
    const objects = objectsOf(overlay);
    const described = readFileSync(path.join(ROOT, '.env.example'), 'utf8');
    const variables = at(only(objects, 'ConfigMap'), 'data') as Readonly<Record<string, string>>;
    const mounts = (container(only(objects, 'Deployment'))['volumeMounts'] as readonly Node[]).map(
      (mount) => mount['mountPath'] as string,
    );
    for (const [name, value] of Object.entries(variables)) {
      expect(described).toMatch(new RegExp(`^${name}=`, 'm'));
      if (value.startsWith('/'))
        expect(mounts).toContain(name.endsWith('_FILE') ? path.posix.dirname(value) : value);
    }
  });

  withKustomize('lets in the ingress controller and monitoring, and out names, HTTPS and the store', () => {
    const policies = objectsOf(overlay).filter((object) => object['kind'] === 'NetworkPolicy');
    const closed = policies.find((one) => at(one, 'metadata.name') === 'default-deny');
    expect(closed?.['spec']).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const peers = policies
      .flatMap((one) => (at(one, 'spec.ingress') ?? []) as readonly Node[])
      .flatMap((rule) => rule['from'] as readonly Node[]);
    expect(peers.map((peer) => Object.keys(peer))).toEqual([['namespaceSelector'], ['namespaceSelector']]);
    const ports = policies
      .flatMap((one) => (at(one, 'spec.egress') ?? []) as readonly Node[])
      .flatMap((rule) => rule['ports'] as readonly Node[])
      .map((port) => `${String(port['protocol'])} ${String(port['port'])}`);
    expect(ports.sort()).toEqual(
      ['TCP 443', 'TCP 53', 'UDP 53', ...(overlay === 'postgresql' ? ['TCP 5432'] : [])].sort(),
    );
  });
});

withKustomize('the embedded store has a volume, and never two pods', () => {
  const objects = objectsOf('embedded');
  const deployment = only(objects, 'Deployment');
  expect(at(deployment, 'spec.replicas')).toBe(1);
  expect(at(deployment, 'spec.strategy.type')).toBe('Recreate');
  expect(at(only(objects, 'PersistentVolumeClaim'), 'spec.accessModes')).toEqual(['ReadWriteOncePod']);
});

withKustomize('replicas with PostgreSQL are replaced one after another, and never all evicted', () => {
  const objects = objectsOf('postgresql');
  const deployment = only(objects, 'Deployment');
  expect(at(deployment, 'spec.strategy.rollingUpdate.maxUnavailable')).toBe(0);
  expect(at(only(objects, 'PodDisruptionBudget'), 'spec.maxUnavailable')).toBe(1);
  const scaler = only(objects, 'HorizontalPodAutoscaler');
  expect(at(scaler, 'spec.minReplicas')).toBe(3);
  expect(at(scaler, 'spec.scaleTargetRef.name')).toBe(at(deployment, 'metadata.name'));
  const [age] = at(scaler, 'spec.metrics') as readonly Node[];
  expect(at(age, 'external.metric.name')).toBe('gitops_warden_oldest_job_age_seconds');
});

withKustomize('the service, its monitor and the pods find each other', () => {
  const objects = objectsOf('postgresql');
  const service = only(objects, 'Service');
  const pod = at(only(objects, 'Deployment'), 'spec.template.metadata.labels');
  expect(pod).toMatchObject(at(service, 'spec.selector') as object);
  const file = path.join(KUBERNETES, 'components/service-monitor/service-monitor.yaml');
  const monitor = parse(readFileSync(file, 'utf8')) as Node;
  expect(at(service, 'metadata.labels')).toMatchObject(at(monitor, 'spec.selector.matchLabels') as object);
  const [port] = at(service, 'spec.ports') as readonly Node[];
  const [endpoint] = at(monitor, 'spec.endpoints') as readonly Node[];
  expect(endpoint?.['port']).toBe(port?.['name']);
  // The name of the service becomes the label `job`, by which the rules find the App.
  expect(at(service, 'metadata.name')).toBe('gitops-warden');
});
