import type { CodeRule } from '../../engine/rule.ts';
import { configKeyMissing } from './config-key-missing.ts';
import { configReferenceMissing } from './config-reference-missing.ts';
import { consistentPodSpec } from './consistent-pod-spec.ts';
import { containerResources } from './container-resources.ts';
import { cronJobGuards } from './cron-job-guards.ts';
import { disruptionBudgetAllowsEviction } from './disruption-budget-allows-eviction.ts';
import { disruptionBudgetInProduction } from './disruption-budget-in-production.ts';
import { ephemeralStorageLimit } from './ephemeral-storage-limit.ts';
import { jobTtl } from './job-ttl.ts';
import { limitNearRequest } from './limit-near-request.ts';
import { livenessProbe } from './liveness-probe.ts';
import { memoryLimit } from './memory-limit.ts';
import { namespaceLimits } from './namespace-limits.ts';
import { noContainerRuntimeSocket } from './no-container-runtime-socket.ts';
import { noDuplicateEnvironmentVariable } from './no-duplicate-environment-variable.ts';
import { noIdenticalProbes } from './no-identical-probes.ts';
import { noLowUserId } from './no-low-user-id.ts';
import { noNakedPod } from './no-naked-pod.ts';
import { noReplicasBesideAutoscaler } from './no-replicas-beside-autoscaler.ts';
import { noRootEquivalentCapability } from './no-root-equivalent-capability.ts';
import { noSensitiveHostPath } from './no-sensitive-host-path.ts';
import { plausibleResources } from './plausible-resources.ts';
import { podsSpreadInProduction } from './pods-spread-in-production.ts';
import { priorityClass } from './priority-class.ts';
import { probePortExists } from './probe-port-exists.ts';
import { readOnlyRootFilesystem } from './read-only-root-filesystem.ts';
import { readinessProbe } from './readiness-probe.ts';
import { replicasInProduction } from './replicas-in-production.ts';
import { requestWithinLimit } from './request-within-limit.ts';
import { rolloutWithoutOutage } from './rollout-without-outage.ts';
import { scaleTargetMissing } from './scale-target-missing.ts';
import { selectorMatchesTemplate } from './selector-matches-template.ts';
import { selectorSelectsSomething } from './selector-selects-something.ts';
import { validAutoscaler } from './valid-autoscaler.ts';
import { validCronSchedule } from './valid-cron-schedule.ts';
import { validRolloutStrategy } from './valid-rollout-strategy.ts';

export const WORKLOADS_RULES: Readonly<Record<string, CodeRule>> = {
  'config-key-missing': configKeyMissing,
  'config-reference-missing': configReferenceMissing,
  'consistent-pod-spec': consistentPodSpec,
  'container-resources': containerResources,
  'cron-job-guards': cronJobGuards,
  'disruption-budget-allows-eviction': disruptionBudgetAllowsEviction,
  'disruption-budget-in-production': disruptionBudgetInProduction,
  'ephemeral-storage-limit': ephemeralStorageLimit,
  'job-ttl': jobTtl,
  'limit-near-request': limitNearRequest,
  'liveness-probe': livenessProbe,
  'memory-limit': memoryLimit,
  'namespace-limits': namespaceLimits,
  'no-container-runtime-socket': noContainerRuntimeSocket,
  'no-duplicate-environment-variable': noDuplicateEnvironmentVariable,
  'no-identical-probes': noIdenticalProbes,
  'no-low-user-id': noLowUserId,
  'no-naked-pod': noNakedPod,
  'no-replicas-beside-autoscaler': noReplicasBesideAutoscaler,
  'no-root-equivalent-capability': noRootEquivalentCapability,
  'no-sensitive-host-path': noSensitiveHostPath,
  'plausible-resources': plausibleResources,
  'pods-spread-in-production': podsSpreadInProduction,
  'priority-class': priorityClass,
  'probe-port-exists': probePortExists,
  'read-only-root-filesystem': readOnlyRootFilesystem,
  'readiness-probe': readinessProbe,
  'replicas-in-production': replicasInProduction,
  'request-within-limit': requestWithinLimit,
  'rollout-without-outage': rolloutWithoutOutage,
  'scale-target-missing': scaleTargetMissing,
  'selector-matches-template': selectorMatchesTemplate,
  'selector-selects-something': selectorSelectsSomething,
  'valid-autoscaler': validAutoscaler,
  'valid-cron-schedule': validCronSchedule,
  'valid-rollout-strategy': validRolloutStrategy,
};
