import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { Profile } from '../../src/engine/policy.ts';
import { review } from '../../src/engine/review.ts';
import { changeOf, type Files } from '../support/change-fixture.ts';
import { ALL_RULES } from './secret-fixture.ts';

/** Kubernetes' own pods for its own checks: each passes or fails at a level and version, as its folder says. */
const VERSION = 'v0.37.2';
const PUBLISHED = publishedPods();
const LEVELS = ['baseline', 'restricted'];

const rules = ALL_RULES.filter(({ definition }) => definition.id.startsWith('pod-security-'));

/** The controls by the names of the published files, without their numbers. */
const CONTROLS: Readonly<Record<string, string>> = {
  allowprivilegeescalation: 'privilege-escalation',
  apparmorprofile: 'app-armor',
  capabilities_baseline: 'capabilities',
  capabilities_restricted: 'capabilities-restricted',
  hostnamespaces: 'host-namespaces',
  hostpathvolumes: 'host-path-volumes',
  hostports: 'host-ports',
  hostprobesandhostlifecycle: 'host-probes',
  privileged: 'privileged',
  procmount: 'proc-mount',
  procmount_restricted: 'proc-mount-restricted',
  restrictedvolumes: 'volume-types',
  runasnonroot: 'run-as-non-root',
  runasuser: 'run-as-user',
  seccompprofile_baseline: 'seccomp',
  seccompprofile_restricted: 'seccomp-restricted',
  selinuxoptions: 'selinux',
  sysctls: 'sysctls',
  windowshostprocess: 'host-process',
};
/** Where the stricter control finds something else in the same pod, or takes the place of the weaker one. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  'capabilities-restricted': ['capabilities'],
  capabilities: ['capabilities-restricted'],
  'volume-types': ['host-path-volumes'],
  'host-path-volumes': ['volume-types'],
  'seccomp-restricted': ['seccomp'],
  seccomp: ['seccomp-restricted'],
  'proc-mount-restricted': ['proc-mount'],
  'proc-mount': ['proc-mount-restricted'],
  // Where there is no security context at all.
  'privilege-escalation': ['capabilities-restricted'],
  // The API server refuses a privileged container that forbids escalation.
  privileged: ['privilege-escalation'],
  // Windows demands the host's network for it.
  'host-process': ['host-namespaces'],
};

function publishedPods(): string | null {
  const { status, stdout } = spawnSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' });
  if (status !== 0) return null;
  const root = path.join(stdout.trim(), `k8s.io/pod-security-admission@${VERSION}`, 'test/testdata');
  return existsSync(root) ? root : null;
}

/** The controls that refuse each pod of a folder, by the name of its file. */
function refusalsIn(folder: string, level: string, version: string): Map<string, string[]> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const pods = names.map((name): [string, string] => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    return [name, text.replace(/^ {2}name: /m, '  namespace: judged\n  name: ')];
  });
  const head: Files = { ...Object.fromEntries(pods), 'namespace/namespace.yaml': namespace(level, version) };
  const report = review(changeOf({ base: {}, head }), rules, DEFAULT_POLICY);
  expect(report.failures).toEqual([]);
  const refusals = new Map(names.map((name): [string, string[]] => [name, []]));
  for (const { ruleId, subject, severity } of report.findings) {
    expect(severity).toBe('error');
    if (subject.type === 'file') refusals.get(subject.path)?.push(ruleId.replace('pod-security-', ''));
  }
  return refusals;
}

function namespace(level: string, version: string): string {
  const labels = `{pod-security.kubernetes.io/enforce: ${level}, pod-security.kubernetes.io/enforce-version: ${version}}`;
  return `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: judged\n  labels: ${labels}\n`;
}

describe(`pods that Kubernetes publishes for its own checks (k8s.io/pod-security-admission ${VERSION})`, () => {
  if (PUBLISHED === null) {
    test.skip('needs the module in the cache of Go', () => undefined);
    return;
  }
  // Those in which something changes, and their neighbours.
  const versions = readdirSync(path.join(PUBLISHED, 'restricted')).filter((version) =>
    /^v1\.(?:0|7|8|18|19|2[1-9]|3\d)$/.test(version),
  );
  const cases = LEVELS.flatMap((level) => versions.map((version) => [level, version] as const));

  test('are there for many versions', () => {
    expect(cases.length).toBeGreaterThan(40);
  });

  test.each(cases)('%s %s', (level, version) => {
    const folder = path.join(PUBLISHED, level, version);
    const passing = refusalsIn(path.join(folder, 'pass'), level, version);
    expect([...passing].filter(([, controls]) => controls.length > 0)).toEqual([]);
    for (const [name, controls] of refusalsIn(path.join(folder, 'fail'), level, version)) {
      const control = CONTROLS[name.replace(/\d*\.yaml$/, '')] ?? name;
      const allowed = [control, ...(BESIDE[control] ?? [])];
      expect([name, controls.length > 0]).toEqual([name, true]);
      expect([name, controls.filter((one) => !allowed.includes(one))]).toEqual([name, []]);
    }
  });
});

const PRIVILEGED = 'securityContext: {privileged: true}';
const web = (metadata: string, container = PRIVILEGED, kind = 'Deployment'): string =>
  `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: web${metadata}}\n` +
  `spec: {template: {spec: {containers: [{name: web, ${container}}]}}}\n`;
const labelled = (name: string, labels: string): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {${labels}}}\n`;
const asks = (mode: string, level: string): string => `pod-security.kubernetes.io/${mode}: ${level}`;
const kustomization = (lines: string): string => `kind: Kustomization\n${lines}\n`;

/** `rule severity` of every finding, without the prefix; missing parts of the level restricted left out. */
function judged(
  head: Files,
  { base = {}, profile = DEFAULT_POLICY.profile }: { base?: Files; profile?: Profile } = {},
): string[] {
  const report = review(changeOf({ base, head }), rules, { ...DEFAULT_POLICY, profile });
  expect(report.failures).toEqual([]);
  return report.findings
    .filter(({ introduced }) => introduced)
    .map(({ ruleId, severity }) => `${ruleId.replace('pod-security-', '')} ${severity}`)
    .filter((text) => text.startsWith('privileged') || text.startsWith('capabilities '))
    .sort();
}

describe('the level', () => {
  const enforced = { 'ns.yaml': labelled('shop', asks('enforce', 'baseline')) };

  test.each<[string, Files, string[]]>([
    ['is that of the namespace', { ...enforced, 'a.yaml': web(', namespace: shop') }, ['privileged error']],
    ['is not that of another namespace', { ...enforced, 'a.yaml': web(', namespace: other') }, []],
    [
      'is told by warn and audit',
      {
        'ns.yaml': labelled('shop', `${asks('warn', 'restricted')}, ${asks('audit', 'privileged')}`),
        'a.yaml': web(', namespace: shop'),
      },
      ['privileged warning'],
    ],
    [
      'of a label that is none counts as not said',
      {
        'ns.yaml': labelled('shop', asks('enforce', 'strong')),
        'a.yaml': web(', namespace: shop', 'securityContext: {capabilities: {add: [ALL]}}'),
      },
      ['capabilities warning'],
    ],
    [
      'privileged means that nothing is asked, by default neither',
      {
        'ns.yaml': labelled('shop', asks('enforce', 'privileged')),
        'a.yaml': web(', namespace: shop', 'securityContext: {capabilities: {add: [ALL]}}'),
      },
      [],
    ],
    [
      'is that of the namespace into which a kustomization puts the file, whatever the file says',
      {
        ...enforced,
        'app/a.yaml': web(', namespace: other'),
        'app/kustomization.yaml': kustomization('namespace: shop\nresources: [a.yaml]'),
      },
      ['privileged error'],
    ],
    [
      'is that of the outermost kustomization that names a namespace',
      {
        ...enforced,
        'base/a.yaml': web(''),
        'base/kustomization.yaml': kustomization('namespace: inner\nresources: [a.yaml]'),
        'prod/kustomization.yaml': kustomization('namespace: shop\nresources: [../base]'),
        'all/kustomization.yaml': kustomization('resources: [../prod]'),
      },
      ['privileged error'],
    ],
    [
      'is the strictest of the namespaces that a base ends up in',
      {
        'ns/a.yaml': labelled('dev', asks('enforce', 'privileged')),
        'ns/b.yaml': labelled('prod', asks('enforce', 'restricted')),
        'base/a.yaml': web(''),
        'base/kustomization.yaml': kustomization('resources: [a.yaml]'),
        'dev/kustomization.yaml': kustomization('namespace: dev\nresources: [../base]'),
        'prod/kustomization.yaml': kustomization('namespace: prod\nresources: [../base]'),
      },
      ['privileged error'],
    ],
    [
      'does not make an error of what a patch may mend',
      {
        ...enforced,
        'base/a.yaml': web(''),
        'base/kustomization.yaml': kustomization('resources: [a.yaml]'),
        'prod/kustomization.yaml': kustomization(
          'namespace: shop\nresources: [../base]\npatches: [{path: fix.yaml}]',
        ),
        'prod/fix.yaml': web('', 'securityContext: {privileged: false}'),
      },
      ['privileged warning'],
    ],
    [
      'does not make an error of what the patch of a component may mend',
      {
        ...enforced,
        'base/a.yaml': web(', namespace: shop'),
        'base/kustomization.yaml': kustomization('resources: [a.yaml]'),
        'prod/kustomization.yaml': kustomization('resources: [../base]\ncomponents: [../safe]'),
        'safe/kustomization.yaml': 'kind: Component\npatches: [{path: fix.yaml}]\n',
        'safe/fix.yaml': web('', 'securityContext: {privileged: false}'),
      },
      ['privileged warning'],
    ],
    [
      'is not softened by a patch of something else',
      {
        ...enforced,
        'base/a.yaml': web(''),
        'base/kustomization.yaml': kustomization('resources: [a.yaml]'),
        'prod/kustomization.yaml': kustomization(
          'namespace: shop\nresources: [../base]\npatches: [{path: fix.yaml}]',
        ),
        'prod/fix.yaml': web('', 'image: web:2'),
      },
      ['privileged error'],
    ],
    [
      'is that of the nearest of several namespaces of the name',
      {
        'clusters/dev/ns.yaml': labelled('shop', asks('enforce', 'privileged')),
        'clusters/prod/ns.yaml': labelled('shop', asks('enforce', 'baseline')),
        'clusters/prod/shop/a.yaml': web(', namespace: shop'),
        'clusters/dev/shop/a.yaml': web(', namespace: shop'),
      },
      ['privileged error'],
    ],
    [
      'is the weakest of namespaces that are equally near',
      {
        'clusters/dev/ns.yaml': labelled('shop', asks('enforce', 'privileged')),
        'clusters/prod/ns.yaml': labelled('shop', asks('enforce', 'baseline')),
        'apps/a.yaml': web(', namespace: shop'),
      },
      [],
    ],
    [
      'is read from the metadata that Argo CD gives a namespace',
      {
        'argocd/shop.yaml':
          'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop}\nspec:\n' +
          '  destination: {namespace: shop}\n  syncPolicy: {managedNamespaceMetadata: {labels: {' +
          `${asks('enforce', 'baseline')}}}}\n`,
        'a.yaml': web(', namespace: shop'),
      },
      ['privileged error'],
    ],
    [
      'is only mentioned to what looks after nodes',
      {
        'a.yaml': web('', 'securityContext: {capabilities: {add: [NET_ADMIN]}}', 'DaemonSet'),
        'b.yaml': web(', namespace: kube-system', 'securityContext: {capabilities: {add: [NET_ADMIN]}}'),
        'c.yaml': web('', 'securityContext: {capabilities: {add: [NET_ADMIN]}}'),
      },
      ['capabilities info', 'capabilities info', 'capabilities warning'],
    ],
  ])('%s', (_name, head, expected) => {
    expect(judged(head)).toEqual(expected);
  });

  test('counts in the profile essential only where the cluster refuses the pod', () => {
    const unlabelled = { 'a.yaml': web('', 'securityContext: {capabilities: {add: [ALL]}}') };
    expect(judged(unlabelled, { profile: 'essential' })).toEqual([]);
    expect(judged({ ...enforced, 'a.yaml': web(', namespace: shop') }, { profile: 'essential' })).toEqual([
      'privileged error',
    ]);
  });

  test('that begins to be enforced makes findings new in the files that change with it', () => {
    const before = {
      'ns.yaml': labelled('shop', asks('warn', 'baseline')),
      'a.yaml': web(', namespace: shop'),
    };
    const edited = `# edited\n${before['a.yaml']}`;
    expect(judged({ ...before, 'a.yaml': edited }, { base: before })).toEqual([]);
    expect(judged({ ...enforced, 'a.yaml': edited }, { base: before })).toEqual(['privileged error']);
  });
});

test('a base whose patches set the security context is not blamed for what it leaves out', () => {
  const files = (patch: string): Files => ({
    'ns.yaml': labelled('shop', asks('enforce', 'restricted')),
    'base/a.yaml': web('', 'image: web:1'),
    'base/kustomization.yaml': kustomization('resources: [a.yaml]'),
    'prod/kustomization.yaml': kustomization(
      `namespace: shop\nresources: [../base]\npatches:\n  - patch: |-\n      ${patch}\n      b: c`,
    ),
  });
  const found = (patch: string): number =>
    review(changeOf({ base: {}, head: files(patch) }), rules, DEFAULT_POLICY).findings.length;
  expect(found('replicas: 3')).toBe(4);
  expect(found('securityContext: {}')).toBe(0);
});

test('a finding names the namespace and the level, and what follows', () => {
  const head = {
    'ns.yaml': labelled('shop', asks('enforce', 'baseline')),
    'a.yaml': web(', namespace: shop'),
  };
  const [finding] = review(changeOf({ base: {}, head }), rules, DEFAULT_POLICY).findings;
  expect(finding?.message).toBe(
    'Container `web` of Deployment `shop/web` runs privileged, so it can do on its node whatever root can. The ' +
      'namespace `shop` enforces the Pod Security level `baseline`, so the cluster refuses the pod. Remove ' +
      '`privileged`, and add the one capability that it needs under `securityContext.capabilities.add`.',
  );
});

describe('a privileged container of an agent of the node', () => {
  const agent = web(', namespace: storage', PRIVILEGED, 'DaemonSet');
  const found = (head: Files, base: Files = {}): string[] =>
    review(changeOf({ base, head }), ALL_RULES, DEFAULT_POLICY)
      .findings.filter(({ ruleId, introduced }) => introduced && ruleId === 'no-privileged-container')
      .map(({ severity, message }) => `${severity} ${String(message.includes('lets it'))}`);
  const allowing = labelled('storage', asks('enforce', 'privileged'));

  test.each<[string, Files, string[]]>([
    ['is a warning where the namespace allows it', { 'ns.yaml': allowing }, ['warning true']],
    ['is an error where the namespace says nothing', {}, ['error false']],
    [
      'is an error where the namespace only says that it does not tell',
      { 'ns.yaml': labelled('storage', asks('warn', 'privileged')) },
      ['error false'],
    ],
    [
      'is an error where one of its namespaces does not allow it',
      {
        'ns.yaml': allowing,
        'a/kustomization.yaml': kustomization('namespace: other\nresources: [../a.yaml]'),
        'b/kustomization.yaml': kustomization('namespace: storage\nresources: [../a.yaml]'),
      },
      ['error false'],
    ],
  ])('%s', (_, files, expected) => {
    expect(found({ ...files, 'a.yaml': agent })).toEqual(expected);
  });

  test('is a new finding when the namespace takes the permission back', () => {
    const base = { 'ns.yaml': allowing, 'a.yaml': agent };
    const head = { 'ns.yaml': labelled('storage', 'team: a'), 'a.yaml': `${agent}# touched\n` };
    expect(found(head, base)).toEqual(['error false']);
    expect(found({ ...base, 'a.yaml': head['a.yaml'] }, base)).toEqual([]);
  });
});
