import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { compileEnvironments } from '../../engine/environments.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { placedObjectsOf, type PlacedObject } from '../support/placed-objects.ts';

/** Annotations by which two Ingresses share a path on purpose. */
const SHARED = /canary|mergeable-ingress-type|alb\.ingress\.kubernetes\.io\/group|affinity/;

/** One path under one host. */
interface Claim {
  readonly ingress: PlacedObject;
  readonly pointer: Pointer;
  readonly host: string;
  readonly path: string;
}

export const uniqueIngressHost: RepositoryRule = {
  scope: 'repository',
  kinds: ['Ingress'],
  context: KUSTOMIZATION_GLOBS,
  judge(files, context) {
    const environmentsOf = compileEnvironments(context.policy);
    const first = new Map<string, Claim>();
    const ingresses = placedObjectsOf(files, context)
      .ofKind('Ingress', (group) => group === 'networking.k8s.io' || group === 'extensions')
      .sort((a, b) => (a.object.path < b.object.path ? -1 : a.object.path > b.object.path ? 1 : 0));
    return ingresses.filter(isJudged).flatMap((ingress) =>
      claimsOf(ingress).flatMap((claim) => {
        const environments = environmentsOf(ingress.object.path).sort().join();
        const key = JSON.stringify([classOf(ingress), claim.host, claim.path, environments]);
        const other = first.get(key);
        if (other === undefined) first.set(key, claim);
        return other === undefined || isCopy(other.ingress, ingress) ? [] : [problemOf(claim, other)];
      }),
    );
  },
};

function isJudged({ object }: PlacedObject): boolean {
  const annotations = valueAt(object.value, ['metadata', 'annotations']);
  const keys = isRecord(annotations) ? Object.keys(annotations) : [];
  return object.form === 'whole' && !keys.some((key) => SHARED.test(key));
}

function claimsOf(ingress: PlacedObject): Claim[] {
  return listAt(ingress.object.value, ['spec', 'rules']).flatMap((rule, index) => {
    const host = isRecord(rule) ? asText(rule['host']) : null;
    if (host === null || host.includes('$')) return [];
    return listAt(rule, ['http', 'paths']).map((path, at) => ({
      ingress,
      pointer: ['spec', 'rules', String(index), 'http', 'paths', String(at)],
      host,
      path: (isRecord(path) ? asText(path['path']) : null) ?? '/',
    }));
  });
}

/** The same object for another cluster, or the same one. */
function isCopy(a: PlacedObject, b: PlacedObject): boolean {
  return a.object.name === b.object.name;
}

function classOf({ object: { value } }: PlacedObject): string {
  return (
    asText(valueAt(value, ['spec', 'ingressClassName'])) ??
    asText(valueAt(value, ['metadata', 'annotations', 'kubernetes.io/ingress.class'])) ??
    ''
  );
}

function problemOf(claim: Claim, other: Claim): Problem {
  const { object } = other.ingress;
  return {
    path: claim.ingress.object.path,
    manifest: claim.ingress.object.position,
    pointer: claim.pointer,
    judged: [claim.host, claim.path],
    values: { host: claim.host, target: claim.path, other: object.name ?? '' },
    related: [{ message: 'the other Ingress', location: { path: object.path, range: null } }],
  };
}
