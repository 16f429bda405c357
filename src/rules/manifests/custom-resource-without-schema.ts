import type { ManifestRule } from '../../engine/rule.ts';
import { isDefinition } from '../../manifests/custom-resources/definition.ts';
import { publishedDefinition } from '../../manifests/custom-resources/published-definitions.ts';
import { publishedKind } from '../../manifests/custom-resources/published.ts';
import { isBuiltInGroup } from '../../manifests/kubernetes/catalogue.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { customTypesOf, DEFINITION_KINDS } from '../support/custom-types.ts';

export const customResourceWithoutSchema: ManifestRule = {
  scope: 'manifest',
  kinds: DEFINITION_KINDS,
  judge(manifest, { objects, file }) {
    if (file?.template === true || !isForCluster(manifest)) return [];
    const types = customTypesOf(objects);
    const described =
      types.definitionsOf(manifest).length > 0
        ? types.servedFor(manifest).some(({ version }) => version.schema !== null)
        : publishedKind(manifest.apiVersion, manifest.kind) !== null ||
          publishedDefinition(manifest.apiVersion, manifest.kind) !== null;
    return described ? [] : [{ pointer: ['kind'], judged: [manifest.apiVersion, manifest.kind] }];
  },
};

/** Groups of custom resources are domain names. Tools that read files of their own write them alike. */
function isForCluster(manifest: Manifest): boolean {
  const { group, value } = manifest;
  return (
    group.includes('.') &&
    !isBuiltInGroup(group) &&
    !isDefinition(manifest) &&
    !LOCAL_GROUPS.test(group) &&
    typeof value['metadata'] === 'object'
  );
}

/** Read by programs, and never by a cluster: kustomize, kind, kubeadm and the configuration of components, test tools. */
const LOCAL_GROUPS =
  /^(?:kustomize\.config\.k8s\.io|kind\.x-k8s\.io|kubeadm\.k8s\.io|chainsaw\.kyverno\.io|cli\.kyverno\.io|kuttl\.dev|.*\.config\.k8s\.io|audit\.k8s\.io|.*config\.istio\.io)$/;
