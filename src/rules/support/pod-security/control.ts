import { isRecord } from '../../../manifests/manifest.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { valueAt, type Container, type PodSpec } from '../../../manifests/workload.ts';

/** The levels of the Pod Security Standards, weakest first. */
export const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
export type PodSecurityLevel = (typeof LEVELS)[number];

/** A place of a pod that a control does not allow. */
export interface Violation {
  /** From the root of the manifest. */
  readonly pointer: Pointer;
  readonly judged: unknown;
  /** Instead of the rule's. */
  readonly message?: string;
  readonly remediation?: string;
  readonly values?: Readonly<Record<string, string>>;
  /** Something that must stand there does not: no finding where another file may add it. */
  readonly missing?: true;
}

/** One control of the Pod Security Standards, as `k8s.io/pod-security-admission` judges it. */
export interface Control {
  readonly level: PodSecurityLevel;
  /** @param minor of Kubernetes 1.x, for which the control is judged */
  check(pod: PodSpec, minor: number): readonly Violation[];
}

/** A value in a security context. */
export interface Setting {
  readonly pointer: Pointer;
  readonly value: unknown;
  /** Null: in that of the pod. */
  readonly container: Container | null;
}

/** What stands at `path` in the security contexts of a pod and its containers, where something does. */
export function settingsOf(pod: PodSpec, path: Pointer): Setting[] {
  const inner = ['securityContext', ...path];
  const own = { pointer: pod.pointerTo(inner), value: valueAt(pod.value, inner), container: null };
  return [own, ...containerSettings(pod, path)].filter(({ value }) => value !== undefined && value !== null);
}

/** The same of its containers alone. */
export function containerSettings(pod: PodSpec, path: Pointer): Setting[] {
  const inner = ['securityContext', ...path];
  return pod.containers.flatMap((container) => {
    const value = valueAt(container.value, inner);
    const pointer = [...container.pointer, ...inner];
    return value === undefined || value === null ? [] : [{ pointer, value, container }];
  });
}

/** Items of a list in a map, with their index; none when it is no list. */
export function itemsAt(root: unknown, path: Pointer): readonly (readonly [string, unknown])[] {
  const list = valueAt(root, path);
  return Array.isArray(list) ? (list as unknown[]).map((item, index) => [String(index), item] as const) : [];
}

/** The number that YAML gave, which may be large; null for everything else. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

/** Windows has none of what some controls ask for. */
export function isWindows(pod: PodSpec): boolean {
  return valueAt(pod.value, ['os', 'name']) === 'windows';
}

/** Root in such a pod is nobody on the node. */
export function hasUserNamespace(pod: PodSpec): boolean {
  return pod.value['hostUsers'] === false;
}

/** Whether a template or placeholder stands where the security context is, so that nobody can tell what is in it. */
export function isContextUnknown(holder: Readonly<Record<string, unknown>>): boolean {
  const context = holder['securityContext'];
  return context !== undefined && context !== null && !isRecord(context);
}

/** The beginning of a message about a setting. */
export function ownerOf({ container }: Setting): string {
  return container === null ? 'The pod of {kind} `{name}`' : 'Container `{container}` of {kind} `{name}`';
}

/** Names of containers as a text; those without one by their place. */
export function namesOf(containers: readonly Container[]): string {
  return containers.map(({ name }) => name ?? '(unnamed)').join(', ');
}
