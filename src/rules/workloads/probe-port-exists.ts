import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isLeftOpen } from '../../manifests/placeholder.ts';
import { containersOf } from '../../manifests/workload.ts';
import { isMissingForGood, KUSTOMIZE_GLOBS } from '../support/kustomize.ts';
import { portsOf } from '../support/pods.ts';
import { askedPortsOf } from '../support/probes.ts';

const QUOTED_NUMBER =
  'Container `{container}` of {kind} `{name}` gives the port under `{pointer}` as a text. The API server takes a text ' +
  'for the name of a port, and refuses one without a letter.';
const UNQUOTE = 'Write the number without quotes.';

export const probePortExists: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  judge(manifest, context) {
    return containersOf(manifest).flatMap((container) => {
      const names = portsOf(container).map(({ name }) => name);
      return askedPortsOf(container).flatMap(({ pointer, port }): Problem[] => {
        if (typeof port !== 'string' || isLeftOpen(port)) return [];
        if (/^\d+$/.test(port))
          return [{ pointer, judged: port, message: QUOTED_NUMBER, remediation: UNQUOTE }];
        if (names.some((name) => name === port || (typeof name === 'string' && isLeftOpen(name)))) return [];
        if (!isMissingForGood(manifest, context, 'ports')) return [];
        return [{ pointer, judged: port, values: { port } }];
      });
    });
  },
};
