import type { ManifestRule } from '../../engine/rule.ts';
import { podSpecsOf } from '../../manifests/workload.ts';
import { once } from '../support/once.ts';
import { numberOf, ownerOf, settingsOf } from '../support/pod-security/control.ts';

/** Up to here distributions give numbers to users and services of the node. */
const HIGHEST_OF_NODES = 10_000;

export const noLowUserId: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    const problems = podSpecsOf(manifest).flatMap((pod) =>
      ['runAsUser', 'runAsGroup'].flatMap((key) =>
        settingsOf(pod, [key]).flatMap((setting) => {
          const number = numberOf(setting.value);
          // Root has rules of its own, and its group is the usual one of images that run as any user.
          if (number === null || number <= 0 || number > HIGHEST_OF_NODES) return [];
          return [
            {
              pointer: setting.pointer,
              judged: number,
              message: `${ownerOf(setting)} sets \`{key}\` to {number}, which may be a user of the node. What leaves the container then has its rights there.`,
              values: { number: String(number) },
            },
          ];
        }),
      ),
    );
    return once(problems);
  },
};
