import type { Problem } from '../../engine/rule.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { applicationSpecs } from '../support/argo-application.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

export const validAppDestination = ofWholeObjects((manifest) =>
  applicationSpecs(manifest).flatMap(({ pointer, value }): Problem[] => {
    const destination = isRecord(value['destination']) ? value['destination'] : {};
    const { name, server } = destination;
    const at = [...pointer, 'destination'];
    if (asText(name) !== null && asText(server) !== null) {
      return [
        {
          pointer: [...at, 'name'],
          atKey: true,
          judged: destination,
          message:
            '{kind} `{name}` names its cluster twice: with `name` and with `server`. Argo CD refuses to deploy it.',
          remediation: 'Remove one of the two.',
        },
      ];
    }
    const patched = isRecord(manifest.value['spec']) && manifest.value['spec']['templatePatch'] !== undefined;
    if (asText(name) !== null || asText(server) !== null || patched) return [];
    return [{ pointer: at, atKey: true, judged: destination }];
  }),
);
