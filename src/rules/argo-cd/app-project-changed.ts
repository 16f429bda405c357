import type { FileRule } from '../../engine/rule.ts';
import { asText, type Manifest } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';

const PROJECT = ['spec', 'project'];

export const appProjectChanged: FileRule = {
  scope: 'file',
  judge(file, { previous }) {
    if (previous === null || previous === undefined) return [];
    return file.manifests.filter(isApplication).flatMap((manifest) => {
      const before = previous.manifests.find(
        (other) =>
          isApplication(other) && other.name === manifest.name && other.namespace === manifest.namespace,
      );
      const [from, to] = [before?.value, manifest.value].map((value) => asText(valueAt(value, PROJECT)));
      if (from === null || from === undefined || to === null || to === undefined || from === to) return [];
      return [
        {
          range: manifest.rangeOf(PROJECT),
          place: `${manifest.namespace ?? ''}/${manifest.name ?? ''}`,
          judged: to,
          values: { name: manifest.name ?? '(unnamed)', from, to },
        },
      ];
    });
  },
};

function isApplication({ group, kind }: Manifest): boolean {
  return group === 'argoproj.io' && kind === 'Application';
}
