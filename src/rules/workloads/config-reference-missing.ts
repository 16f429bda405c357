import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { configReferencesOf } from '../support/config-references.ts';
import { configSourcesOf, type ConfigSources } from '../support/config-sources.ts';
import { lostObject } from '../support/lost-objects.ts';
import { placedObjectsOf, type PlacedObject, type PlacedObjects } from '../support/placed-objects.ts';
import { SUPPLIER_KINDS, WORKLOAD_KINDS } from '../support/pod-index.ts';
import { SECRET_SOURCE_KINDS } from '../support/secret-sources.ts';

/** Kubernetes, or OpenShift, puts these into every namespace. */
const ALWAYS_THERE = /^(?:kube-root-ca\.crt|openshift-service-ca\.crt)$/;

export const configReferenceMissing: RepositoryRule = {
  scope: 'repository',
  kinds: ['ConfigMap', 'PersistentVolumeClaim', ...SECRET_SOURCE_KINDS, ...WORKLOAD_KINDS, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const sources = configSourcesOf(placed, files);
    return WORKLOAD_KINDS.flatMap((kind) => placed.ofKind(kind)).flatMap((one) =>
      judgeWorkload(one, sources, placed, context),
    );
  },
};

function judgeWorkload(
  one: PlacedObject,
  sources: ConfigSources,
  placed: PlacedObjects,
  context: RuleContext,
): Problem[] {
  const { form, manifest } = one.object;
  if (form !== 'whole') return [];
  return configReferencesOf(manifest).flatMap((reference) => {
    const { kind, name, pointer } = reference;
    if (ALWAYS_THERE.test(name) || sources.has(reference, one)) return [];
    if (one.units.some(({ patches }) => patches(name)) || placed.mayBeSupplied(one, [name])) return [];
    if (kind === 'Secret' && one.units.some((unit) => sources.makesSecrets(unit))) return [];
    // Where nothing of the kind is kept in the repository, it is made somewhere else.
    if (!sources.standBeside(kind, one) && !lostObject(kind, name, context)) return [];
    return [
      {
        path: one.object.path,
        manifest: one.object.position,
        pointer,
        judged: name,
        values: { wanted: kind, target: name },
      },
    ];
  });
}
