import { asText, isRecord, type Manifest } from './manifest.ts';
import type { Pointer } from './position.ts';

/** One entry under `rules:` of a Role or ClusterRole. */
export interface PolicyRule {
  readonly pointer: Pointer;
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** One entry under `subjects:` of a RoleBinding or ClusterRoleBinding. */
export interface RoleSubject {
  readonly pointer: Pointer;
  readonly kind: string;
  readonly name: string;
  /** Null for users and groups. */
  readonly namespace: string | null;
}

const AGGREGATE_TO = 'rbac.authorization.k8s.io/aggregate-to-';
const SERVICE_ACCOUNT_USER = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** The rules that a role brings itself: the controller overwrites those of a role with an `aggregationRule`. */
export function policyRulesOf(manifest: Manifest): PolicyRule[] {
  const rules = manifest.value['rules'];
  if (!Array.isArray(rules) || isRecord(manifest.value['aggregationRule'])) return [];
  return (rules as unknown[]).flatMap((rule, index) =>
    isRecord(rule)
      ? [
          {
            pointer: ['rules', String(index)],
            verbs: textsOf(rule['verbs']),
            groups: textsOf(rule['apiGroups']),
            resources: textsOf(rule['resources']),
            resourceNames: textsOf(rule['resourceNames']),
            nonResourceURLs: textsOf(rule['nonResourceURLs']),
          },
        ]
      : [],
  );
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value)
    ? (value as unknown[]).map((item) => (typeof item === 'string' ? item : ''))
    : [];
}

/** A user that is a ServiceAccount by its name is given as that ServiceAccount. */
export function subjectsOf(manifest: Manifest): RoleSubject[] {
  const subjects = manifest.value['subjects'];
  if (!Array.isArray(subjects)) return [];
  return (subjects as unknown[]).flatMap((subject, index) => {
    if (!isRecord(subject)) return [];
    const [kind, name] = [asText(subject['kind']), asText(subject['name'])];
    if (kind === null || name === null) return [];
    const pointer = ['subjects', String(index), 'name'];
    const [, namespace, account] = (kind === 'User' ? SERVICE_ACCOUNT_USER.exec(name) : null) ?? [];
    if (namespace !== undefined && account !== undefined)
      return [{ pointer, kind: 'ServiceAccount', name: account, namespace }];
    return [{ pointer, kind, name, namespace: asText(subject['namespace']) }];
  });
}

/** How a subject is called in messages: `ServiceAccount flux-system/helm-controller`, `Group system:masters`. */
export function nameSubject({ kind, name, namespace }: RoleSubject): string {
  return `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;
}

export interface RoleReference {
  readonly kind: string;
  readonly name: string;
}

export function roleOf(manifest: Manifest): RoleReference {
  const role = isRecord(manifest.value['roleRef']) ? manifest.value['roleRef'] : {};
  return { kind: asText(role['kind']) ?? '', name: asText(role['name']) ?? '' };
}

/** What the API server makes itself when it starts, as somebody may have exported it. */
export function isBootstrapObject(manifest: Manifest): boolean {
  const labels = labelsOf(manifest);
  return (
    manifest.name?.startsWith('system:') === true || labels['kubernetes.io/bootstrapping'] === 'rbac-defaults'
  );
}

/** A part of `admin`, `edit` or `view`, which people are given in their own namespace. */
export function isAggregated(manifest: Manifest): boolean {
  return Object.keys(labelsOf(manifest)).some((label) => label.startsWith(AGGREGATE_TO));
}

function labelsOf({ value }: Manifest): Readonly<Record<string, unknown>> {
  const { metadata } = value;
  return isRecord(metadata) && isRecord(metadata['labels']) ? metadata['labels'] : {};
}
