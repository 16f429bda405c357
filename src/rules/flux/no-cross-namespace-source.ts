import type { ManifestRule } from '../../engine/rule.ts';
import { isTemplated } from '../support/argo-application.ts';
import { referenceAt } from '../support/flux.ts';

const REFERENCES = [
  ['spec', 'sourceRef'],
  ['spec', 'chart', 'spec', 'sourceRef'],
  ['spec', 'chartRef'],
];

export const noCrossNamespaceSource: ManifestRule = {
  scope: 'manifest',
  judge: ({ value, namespace }) =>
    REFERENCES.flatMap((pointer) => {
      const other = referenceAt(value, pointer)?.namespace ?? null;
      if (other === null || namespace === null || isTemplated(namespace) || other === namespace) return [];
      return [{ pointer: [...pointer, 'namespace'], judged: other, values: { namespace: other } }];
    }),
};
