import { kustomizationsOf } from '../../engine/kustomizations.ts';
import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, Problem, RuleContext } from '../../engine/rule.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { isCiphertext } from '../../manifests/sops-crypt.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { isMissingForGood, KUSTOMIZE_GLOBS } from '../support/kustomize.ts';
import { projectRefusals } from '../support/refusals/app-project.ts';
import { argoRefusals } from '../support/refusals/argo.ts';
import { bindingRefusals, policyBindingRefusals, roleRefusals } from '../support/refusals/access.ts';
import { controllerRefusals } from '../support/refusals/controllers.ts';
import { fluxRefusals } from '../support/refusals/flux.ts';
import { gatewayRefusals, gatewayRouteRefusals } from '../support/refusals/gateway.ts';
import { jobRefusals } from '../support/refusals/job.ts';
import { ingressRefusals, networkPolicyRefusals, serviceRefusals } from '../support/refusals/network.ts';
import type { Refusal } from '../support/refusals/refusal.ts';
import {
  autoscalerRefusals,
  budgetRefusals,
  claimRefusals,
  keyRefusals,
  priorityRefusals,
} from '../support/refusals/storage.ts';
import { isStub } from '../support/stub-objects.ts';
import { wordRefusals } from '../support/refusals/words.ts';
import { workloadRefusals } from '../support/refusals/workload.ts';

const OUTCOME = 'the API server refuses the object.';

type Judge = (manifest: Manifest) => Refusal[];

const JUDGES: Readonly<Record<string, Judge>> = {
  '/Pod': workloadRefusals,
  '/ReplicationController': workloadRefusals,
  'apps/Deployment': workloadRefusals,
  'apps/ReplicaSet': workloadRefusals,
  'apps/DaemonSet': workloadRefusals,
  'apps/StatefulSet': (manifest) => [...workloadRefusals(manifest), ...templateRefusals(manifest)],
  'batch/Job': (manifest) => [...workloadRefusals(manifest), ...jobRefusals(manifest)],
  'batch/CronJob': (manifest) => [...workloadRefusals(manifest), ...jobRefusals(manifest)],
  '/Service': serviceRefusals,
  'networking.k8s.io/Ingress': ingressRefusals,
  'networking.k8s.io/NetworkPolicy': networkPolicyRefusals,
  'gateway.networking.k8s.io/Gateway': gatewayRefusals,
  'gateway.networking.k8s.io/HTTPRoute': gatewayRouteRefusals,
  'gateway.networking.k8s.io/GRPCRoute': gatewayRouteRefusals,
  'rbac.authorization.k8s.io/Role': roleRefusals,
  'rbac.authorization.k8s.io/ClusterRole': roleRefusals,
  'rbac.authorization.k8s.io/RoleBinding': bindingRefusals,
  'rbac.authorization.k8s.io/ClusterRoleBinding': bindingRefusals,
  '/PersistentVolumeClaim': ({ value }) => claimRefusals(value['spec'], ['spec']),
  '/ConfigMap': keyRefusals,
  '/Secret': keyRefusals,
  'policy/PodDisruptionBudget': budgetRefusals,
  'autoscaling/HorizontalPodAutoscaler': autoscalerRefusals,
  'scheduling.k8s.io/PriorityClass': priorityRefusals,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': policyBindingRefusals,
};

/** Claims that a StatefulSet makes for each of its pods. */
function templateRefusals({ value }: Manifest): Refusal[] {
  const list = ['spec', 'volumeClaimTemplates'];
  return listAt(value, list).flatMap((claim, index) =>
    claimRefusals(valueAt(claim, ['spec']), [...list, String(index), 'spec']),
  );
}

export const validObject: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  judge(manifest, context) {
    const key = `${manifest.group}/${manifest.kind}`;
    const judge = Object.hasOwn(JUDGES, key) ? JUDGES[key] : undefined;
    const isProject = key === 'argoproj.io/AppProject';
    const refusals =
      fluxRefusals(manifest) ??
      argoRefusals(manifest) ??
      (isProject
        ? projectRefusals(manifest, isRenamed(manifest, context))
        : [
            ...(judge?.(manifest) ?? []),
            ...wordRefusals(key, manifest.value),
            ...controllerRefusals(key, manifest),
          ]);
    if (refusals.length === 0 || formOf(manifest, context) === 'template') return [];
    return refusals
      .filter((refusal) => counts(refusal, manifest, context))
      .map((refusal) => problemOf(refusal, manifest));
  },
};

function counts({ pointer, missing }: Refusal, manifest: Manifest, context: RuleContext): boolean {
  if (missing === undefined) return !isCiphertext(valueAt(manifest.value, pointer));
  // `valid-schema` says of a stub what is to be said.
  if (isStub(manifest, context)) return false;
  // kustomize fills in the namespaces of the accounts that it deploys.
  const filled = missing === 'namespace' && namesNamespace(manifest, context);
  return !filled && [missing].flat().every((field) => isMissingForGood(manifest, context, field));
}

function isRenamed({ path }: Manifest, { snapshot }: RuleContext): boolean {
  return kustomizationsOf(snapshot)
    .above(path)
    .some(({ value }) => value['namePrefix'] !== undefined || value['nameSuffix'] !== undefined);
}

function namesNamespace({ path }: Manifest, { snapshot }: RuleContext): boolean {
  return kustomizationsOf(snapshot)
    .above(path)
    .some(({ namespace }) => namespace !== null);
}

function problemOf({ pointer, fact, mend, atKey, outcome }: Refusal, manifest: Manifest): Problem {
  return {
    pointer,
    judged: valueAt(manifest.value, pointer) ?? null,
    message: `\`{pointer}\` of {kind} \`{name}\` ${fact}: ${outcome ?? OUTCOME}`,
    remediation: mend,
    ...(atKey === true ? { atKey } : {}),
  };
}
