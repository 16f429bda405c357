import { isRecord, type Manifest } from './manifest.ts';
import { placesOf, valueAt } from './pod-places.ts';
import type { Pointer } from './position.ts';

/** A pod that a workflow engine puts together from several places of one object. */
export interface ComposedPod {
  readonly pointer: Pointer;
  readonly value: Readonly<Record<string, unknown>>;
  /** The later values win. */
  readonly metadata: { readonly pointer: Pointer; readonly values: readonly unknown[] };
  readonly complete: boolean;
  pointerTo(inner: Pointer): Pointer;
}

interface Place {
  readonly pointer: Pointer;
  readonly value: unknown;
}

const WORKFLOW_KINDS = new Set(['Workflow', 'WorkflowTemplate', 'ClusterWorkflowTemplate', 'CronWorkflow']);

/** Where an object of Argo Workflows keeps the workflow; null in any other object. */
export function workflowIn({ group, kind }: Manifest): Pointer | null {
  if (group !== 'argoproj.io' || !WORKFLOW_KINDS.has(kind)) return null;
  return kind === 'CronWorkflow' ? ['spec', 'workflowSpec'] : ['spec'];
}

/** Templates in steps and tasks may hold templates again. */
const MAX_INLINE_DEPTH = 8;

/** Fields of a pod spec that a template may set, else the defaults of all templates, else the whole workflow. */
const WORKFLOW_POD_FIELDS = [
  'affinity',
  'automountServiceAccountToken',
  'dnsConfig',
  'dnsPolicy',
  'hostAliases',
  'hostNetwork',
  'imagePullSecrets',
  'nodeSelector',
  'priorityClassName',
  'schedulerName',
  'securityContext',
  'serviceAccountName',
  'tolerations',
];

const TEKTON_TASKS: Readonly<Record<string, readonly Pointer[]>> = {
  Task: [['spec']],
  ClusterTask: [['spec']],
  TaskRun: [['spec', 'taskSpec']],
  Pipeline: tasksIn(['spec']),
  PipelineRun: tasksIn(['spec', 'pipelineSpec']),
};

function tasksIn(pipeline: Pointer): Pointer[] {
  return ['tasks', 'finally'].map((list) => [...pipeline, list, '*', 'taskSpec']);
}

/** The pods of an Argo workflow's templates, and of Tekton's tasks. */
export function composedPodsOf(manifest: Manifest): ComposedPod[] {
  if (manifest.group === 'argoproj.io') return workflowPods(manifest);
  if (manifest.group === 'tekton.dev') return tektonPods(manifest);
  return [];
}

function workflowPods(manifest: Manifest): ComposedPod[] {
  const pointer = workflowIn(manifest);
  if (pointer === null) return [];
  const workflow = { pointer, value: valueAt(manifest.value, pointer) };
  return itemsOf(child(workflow, 'templates'))
    .flatMap((template) => withInline(template, MAX_INLINE_DEPTH))
    .flatMap((template) => workflowPod(template, workflow));
}

/** A template, and those that its steps or tasks hold. */
function withInline(template: Place, depth: number): Place[] {
  if (depth === 0) return [template];
  const inline = [
    ['steps', '*', '*', 'inline'],
    ['dag', 'tasks', '*', 'inline'],
  ].flatMap((pattern) =>
    placesOf(template.value, pattern).map((inner) => ({
      pointer: [...template.pointer, ...inner],
      value: valueAt(template.value, inner),
    })),
  );
  return [template, ...inline.filter(isMap).flatMap((place) => withInline(place, depth - 1))];
}

function workflowPod(template: Place, workflow: Place): ComposedPod[] {
  const defaults = child(workflow, 'templateDefaults');
  const own = ['container', 'script'].flatMap((key) => {
    const container = child(template, key);
    return isMap(container) ? [over(container, child(defaults, key))].map(named) : [];
  });
  const main = [...own, ...itemsOf(child(child(template, 'containerSet'), 'containers'))];
  if (main.length === 0) return [];
  const levels = [template, defaults, workflow];
  const lists = new Map([
    ['containers', [...main, ...itemsOf(child(template, 'sidecars'))]],
    ['initContainers', itemsOf(child(template, 'initContainers'))],
    ['volumes', levels.flatMap((level) => itemsOf(child(level, 'volumes')))],
  ]);
  const fields = new Map(
    WORKFLOW_POD_FIELDS.flatMap((key): [string, Place][] => {
      const set = levels.map((level) => child(level, key)).find(({ value }) => value !== undefined);
      return set === undefined ? [] : [[key, set]];
    }),
  );
  const metadata = child(template, 'metadata');
  return [
    compose(template.pointer, lists, fields, {
      metadata: {
        pointer: metadata.pointer,
        values: [child(workflow, 'podMetadata'), child(defaults, 'metadata'), metadata].map(
          ({ value }) => value,
        ),
      },
      complete: levels.every((level) => child(level, 'podSpecPatch').value === undefined),
    }),
  ];
}

function tektonPods({ kind, value: root }: Manifest): ComposedPod[] {
  const places = Object.hasOwn(TEKTON_TASKS, kind) ? (TEKTON_TASKS[kind] ?? []) : [];
  return places
    .flatMap((pattern) => placesOf(root, pattern))
    .flatMap((pointer) => {
      const task = { pointer, value: valueAt(root, pointer) };
      const template = child(task, 'stepTemplate');
      const steps = itemsOf(child(task, 'steps')).map((step) => over(step, template));
      if (steps.length === 0) return [];
      const lists = new Map([
        ['containers', [...steps, ...itemsOf(child(task, 'sidecars'))]],
        ['volumes', itemsOf(child(task, 'volumes'))],
      ]);
      const metadata = child(task, 'metadata');
      // Security context, host network and account come from the run.
      return [
        compose(pointer, lists, new Map(), {
          metadata: { pointer: metadata.pointer, values: [metadata.value] },
          complete: false,
        }),
      ];
    });
}

function compose(
  pointer: Pointer,
  lists: ReadonlyMap<string, readonly Place[]>,
  fields: ReadonlyMap<string, Place>,
  rest: Pick<ComposedPod, 'metadata' | 'complete'>,
): ComposedPod {
  return {
    ...rest,
    pointer,
    value: Object.fromEntries([
      ...[...fields].map(([key, { value }]) => [key, value]),
      ...[...lists].map(([key, items]) => [key, items.map(({ value }) => value)]),
    ]) as Record<string, unknown>,
    pointerTo([key = '', ...inner]) {
      const item = lists.get(key)?.[Number(inner[0])];
      if (item !== undefined) return [...item.pointer, ...inner.slice(1)];
      const field = fields.get(key);
      return field === undefined ? [...pointer, key, ...inner] : [...field.pointer, ...inner];
    },
  };
}

function child({ pointer, value }: Place, key: string): Place {
  return { pointer: [...pointer, key], value: valueAt(value, [key]) };
}

function itemsOf({ pointer, value }: Place): Place[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[])
    .map((item, index) => ({ pointer: [...pointer, String(index)], value: item }))
    .filter(isMap);
}

function isMap({ value }: Place): boolean {
  return isRecord(value);
}

/** Argo Workflows calls the container of a template `main`, and few people write that. */
function named({ pointer, value }: Place): Place {
  return { pointer, value: isRecord(value) ? { name: 'main', ...value } : value };
}

/** A container with what a template for all of them says where it says nothing itself. */
function over(container: Place, { value: defaults }: Place): Place {
  if (!isRecord(defaults) || !isRecord(container.value)) return container;
  return { pointer: container.pointer, value: { ...defaults, ...container.value } };
}
