import type { FileRule } from '../../engine/rule.ts';
import { isKustomizationPath } from '../../manifests/kustomization.ts';
import { listAt } from '../../manifests/workload.ts';

/** What `flux bootstrap` writes. */
const COMPONENTS = /(?:^|\/)gotk-components\.ya?ml$/;
// https://fluxcd.io/flux/installation/configuration/multitenancy/
const FLAGS = ['--no-cross-namespace-refs', '--no-remote-bases', '--default-service-account'];

export const fluxControllerLockdown: FileRule = {
  scope: 'file',
  judge({ path, text, yaml }) {
    const resources = listAt(yaml?.documents[0]?.value, ['resources']);
    const installs = resources.some((resource) => typeof resource === 'string' && COMPONENTS.test(resource));
    if (text === null || !isKustomizationPath(path) || !installs) return [];
    return FLAGS.filter((flag) => !isSet(text, flag)).map((flag) => ({
      pointer: ['resources'],
      atKey: true,
      values: { flag },
      judged: flag,
    }));
  },
};

function isSet(text: string, flag: string): boolean {
  const at = text.indexOf(`${flag}=`);
  return at >= 0 && !text.startsWith('false', at + flag.length + 1);
}
