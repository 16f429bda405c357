import { asText } from '../../manifests/manifest.ts';
import { applicationSpecs } from '../support/argo-application.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

export const noDefaultProject = ofWholeObjects((manifest) =>
  applicationSpecs(manifest).flatMap(({ pointer, value }) =>
    (asText(value['project']) ?? 'default') === 'default'
      ? [{ pointer: [...pointer, 'project'], judged: value['project'] ?? null }]
      : [],
  ),
);
