import type { ManifestRule } from '../../engine/rule.ts';
import { podSpecsOf } from '../../manifests/workload.ts';
import { looksAfterNodes } from '../support/node-agents.ts';
import { addedCapabilities } from '../support/pod-security/baseline.ts';

/** Each is enough to leave the container. With or without `CAP_`: container runtimes take both. */
const ROOT_EQUIVALENT =
  /^(?:CAP_)?(?:ALL|BPF|DAC_READ_SEARCH|MAC_ADMIN|SYS_ADMIN|SYS_BOOT|SYS_MODULE|SYS_RAWIO)$/i;

export const noRootEquivalentCapability: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    if (looksAfterNodes(manifest)) return [];
    return podSpecsOf(manifest).flatMap((pod) =>
      addedCapabilities(pod, (name) => !ROOT_EQUIVALENT.test(name)),
    );
  },
};
