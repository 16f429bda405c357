/** API groups of Kubernetes itself, the core group among them. */
const BUILT_IN: ReadonlySet<string> = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

/** Groups of controllers that make no pods, Services, ConfigMaps or Secrets, beside those that `secretsOf` knows. */
const INERT: ReadonlySet<string> = new Set([
  'autoscaling.k8s.io',
  'bitnami.com',
  'cert-manager.io',
  'cilium.io',
  'cloud.google.com',
  'configuration.konghq.com',
  'crd.projectcalico.org',
  'elbv2.k8s.aws',
  'external-secrets.io',
  'gateway.networking.k8s.io',
  'image.toolkit.fluxcd.io',
  'isindir.github.com',
  'keda.sh',
  'kustomize.toolkit.fluxcd.io',
  'metallb.io',
  'networking.gke.io',
  'networking.istio.io',
  'notification.toolkit.fluxcd.io',
  'policy.linkerd.io',
  'projectcalico.org',
  'secrets-store.csi.x-k8s.io',
  'security.istio.io',
  'snapshot.storage.k8s.io',
  'source.toolkit.fluxcd.io',
  'traefik.containo.us',
  'traefik.io',
]);

/** Kinds that do, or do not, in groups of which that cannot be said as a whole. */
const INERT_KINDS: ReadonlySet<string> = new Set([
  'argoproj.io/AnalysisTemplate',
  'argoproj.io/AppProject',
  'argoproj.io/ClusterAnalysisTemplate',
  'argoproj.io/Rollout',
  'monitoring.coreos.com/AlertmanagerConfig',
  'monitoring.coreos.com/PodMonitor',
  'monitoring.coreos.com/Probe',
  'monitoring.coreos.com/PrometheusRule',
  'monitoring.coreos.com/ScrapeConfig',
  'monitoring.coreos.com/ServiceMonitor',
]);

/** Whether a controller may make pods, Services, ConfigMaps or Secrets of such an object that no file shows. */
export function mayMakeObjects(group: string, kind: string): boolean {
  return !BUILT_IN.has(group) && !INERT.has(group) && !INERT_KINDS.has(`${group}/${kind}`);
}
