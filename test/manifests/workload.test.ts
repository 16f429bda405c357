import { expect, test } from '@jest/globals';
import { formatPointer } from '../../src/manifests/position.ts';
import { containersOf, podSpecsOf, valueAt } from '../../src/manifests/workload.ts';
import { parseYaml } from '../../src/manifests/yaml-parse.ts';

function manifestOf(text: string) {
  const [manifest] = parseYaml('a.yaml', text).manifests;
  if (manifest === undefined) throw new Error('no manifest');
  return manifest;
}

const places = (text: string): string[] =>
  containersOf(manifestOf(text)).map(({ pointer }) => formatPointer(pointer));

test.each([
  ['v1', 'Pod', 'spec'],
  ['v1', 'PodTemplate', 'template.spec'],
  ['batch/v1', 'CronJob', 'spec.jobTemplate.spec.template.spec'],
  ['argoproj.io/v1alpha1', 'Rollout', 'spec.template.spec'],
  ['serving.knative.dev/v1', 'Service', 'spec.template.spec'],
  ['serving.knative.dev/v1', 'Revision', 'spec'],
  ['keda.sh/v1alpha1', 'ScaledJob', 'spec.jobTargetRef.template.spec'],
  ['apps.openshift.io/v1', 'DeploymentConfig', 'spec.template.spec'],
  ['apps.kruise.io/v1alpha1', 'AdvancedCronJob', 'spec.template.jobTemplate.spec.template.spec'],
  ['kubeflow.org/v1', 'PyTorchJob', 'spec.pytorchReplicaSpecs.Worker.template.spec'],
  ['ray.io/v1', 'RayCluster', 'spec.headGroupSpec.template.spec'],
])('%s %s keeps its pod spec in %s', (apiVersion, kind, place) => {
  const steps = place.split('.');
  const open = steps.map((step, depth) => `${' '.repeat(depth)}${step}:`).join('\n');
  const text = `apiVersion: ${apiVersion}\nkind: ${kind}\n${open}\n${' '.repeat(steps.length)}containers: [{name: a}]\n`;
  expect(places(text)).toEqual([`/${steps.join('/')}/containers/0`]);
});

test('every item of a list of templates is a pod', () => {
  expect(
    places(`
apiVersion: batch.volcano.sh/v1alpha1
kind: Job
spec:
  tasks:
    - template: {spec: {containers: [{name: a}]}}
    - template: {spec: {initContainers: [{name: b}], containers: [{name: c}]}}
`),
  ).toEqual([
    '/spec/tasks/0/template/spec/containers/0',
    '/spec/tasks/1/template/spec/initContainers/0',
    '/spec/tasks/1/template/spec/containers/0',
  ]);
});

test.each([
  'apiVersion: v1\nkind: Service\nspec: {template: {spec: {}}}',
  'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {workloadRef: {kind: Deployment, name: web}}',
  'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {templates: [{container: {}}]}',
  'apiVersion: other.io/v1\nkind: Workflow\nspec: {templates: [{container: {}}]}',
])('no pod in %s', (text) => {
  expect(podSpecsOf(manifestOf(text))).toEqual([]);
});

test('labels and annotations are those of the pods', () => {
  const [spec] = podSpecsOf(
    manifestOf(`
apiVersion: batch/v1
kind: CronJob
metadata: {labels: {of: cronjob}}
spec:
  jobTemplate:
    metadata: {labels: {of: job}}
    spec: {template: {metadata: {labels: {of: pod}, annotations: {a: b}}, spec: {containers: []}}}
`),
  );
  expect(spec?.metadata).toEqual({
    pointer: ['spec', 'jobTemplate', 'spec', 'template', 'metadata'],
    labels: { of: 'pod' },
    annotations: { a: 'b' },
  });
});

const WORKFLOW = `
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
spec:
  workflowSpec:
    hostNetwork: true
    securityContext: {runAsNonRoot: true}
    podMetadata: {labels: {team: a, app: x}}
    volumes: [{name: shared}]
    templateDefaults:
      container: {imagePullPolicy: Always}
      serviceAccountName: builder
    templates:
      - name: main
        dag:
          tasks:
            - name: inner
              inline: {container: {name: inline}}
      - name: build
        metadata: {labels: {app: z}}
        securityContext: {runAsUser: 7}
        volumes: [{name: own}]
        initContainers: [{name: init}]
        sidecars: [{name: sidecar}]
        script: {name: script}
      - name: set
        containerSet: {containers: [{name: one}, {name: two}]}
`;

test('each template of a workflow that runs containers is a pod', () => {
  const manifest = manifestOf(WORKFLOW);
  expect(
    containersOf(manifest).map(({ name, list, pointer }) => [name, list, formatPointer(pointer)]),
  ).toEqual([
    ['inline', 'containers', '/spec/workflowSpec/templates/0/dag/tasks/0/inline/container'],
    ['init', 'initContainers', '/spec/workflowSpec/templates/1/initContainers/0'],
    ['script', 'containers', '/spec/workflowSpec/templates/1/script'],
    ['sidecar', 'containers', '/spec/workflowSpec/templates/1/sidecars/0'],
    ['one', 'containers', '/spec/workflowSpec/templates/2/containerSet/containers/0'],
    ['two', 'containers', '/spec/workflowSpec/templates/2/containerSet/containers/1'],
  ]);
  expect(containersOf(manifest)[0]?.value['imagePullPolicy']).toBe('Always');
});

test('the container of a template is called main where nobody names it', () => {
  const template = '{name: a, container: {image: a}}, {name: b, script: {image: b, source: c}}';
  const manifest = manifestOf(
    `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec: {templates: [${template}]}\n`,
  );
  expect(containersOf(manifest).map(({ name }) => name)).toEqual(['main', 'main']);
});

test('a template wins over the defaults, and those over the workflow', () => {
  const manifest = manifestOf(WORKFLOW);
  const [inline, build] = podSpecsOf(manifest);
  expect(inline?.value).toMatchObject({
    hostNetwork: true,
    securityContext: { runAsNonRoot: true },
    serviceAccountName: 'builder',
  });
  expect(build?.value['securityContext']).toEqual({ runAsUser: 7 });
  expect(build?.metadata.labels).toEqual({ team: 'a', app: 'z' });
});

test('whatever stands in a composed pod spec can be found in the object', () => {
  const manifest = manifestOf(WORKFLOW);
  for (const spec of podSpecsOf(manifest)) {
    for (const [key, value] of Object.entries(spec.value)) {
      const inner = Array.isArray(value) ? value.map((_, index) => [key, String(index)]) : [[key]];
      for (const pointer of inner.filter(([first]) => first !== 'containers')) {
        expect(valueAt(manifest.value, spec.pointerTo(pointer))).toBe(valueAt(spec.value, pointer));
      }
    }
  }
  expect(podSpecsOf(manifest)[0]?.pointerTo(['hostPID'])).toEqual([
    ...['spec', 'workflowSpec', 'templates', '0', 'dag', 'tasks', '0', 'inline'],
    'hostPID',
  ]);
});

test('templates within templates end', () => {
  const deep = `${'{steps: [[{inline: '.repeat(30)}{container: {name: deep}}${'}]]}'.repeat(30)}`;
  const text = `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  templates:\n    - ${deep}\n`;
  expect(podSpecsOf(manifestOf(text))).toEqual([]);
});

test('a pod that something else patches or completes is not complete', () => {
  const workflow = (more: string): string =>
    `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: {templates: [{container: {name: a}${more}}]}`;
  expect(podSpecsOf(manifestOf(workflow('')))[0]?.complete).toBe(true);
  expect(podSpecsOf(manifestOf(workflow(', podSpecPatch: "{}"')))[0]?.complete).toBe(false);
  const [task] = podSpecsOf(
    manifestOf(`
apiVersion: tekton.dev/v1
kind: Pipeline
spec:
  tasks:
    - taskSpec:
        stepTemplate: {securityContext: {privileged: true}}
        steps: [{name: build}]
        sidecars: [{name: docker}]
`),
  );
  expect(task?.complete).toBe(false);
  expect(
    task?.containers.map(({ name, pointer, value }) => [
      name,
      formatPointer(pointer),
      value['securityContext'],
    ]),
  ).toEqual([
    ['build', '/spec/tasks/0/taskSpec/steps/0', { privileged: true }],
    ['docker', '/spec/tasks/0/taskSpec/sidecars/0', undefined],
  ]);
});

test('the pods of an object are found once', () => {
  const manifest = manifestOf(WORKFLOW);
  expect(podSpecsOf(manifest)).toBe(podSpecsOf(manifest));
});
