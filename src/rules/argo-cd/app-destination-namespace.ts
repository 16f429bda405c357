import { asText } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { applicationSpecs } from '../support/argo-application.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

export const appDestinationNamespace = ofWholeObjects((manifest) =>
  applicationSpecs(manifest).flatMap(({ pointer, value }) =>
    asText(valueAt(value, ['destination', 'namespace'])) === null
      ? [{ pointer: [...pointer, 'destination', 'namespace'] }]
      : [],
  ),
);
