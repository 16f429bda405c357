import { replaceSwitch } from '../../engine/line-edit.ts';
import type { ManifestRule, Problem, RuleContext } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { containersOf, valueAt } from '../../manifests/workload.ts';
import { DEMANDING_KINDS, demandsOn } from '../support/pod-security/demands.ts';

const FIELD = ['securityContext', 'privileged'];
const AGREED = {
  severity: 'warning',
  message:
    'Container `{container}` of {kind} `{name}` runs privileged, and the label `pod-security.kubernetes.io/enforce: privileged` ' +
    'on its namespace lets it. It can do on its node whatever root can.',
  remediation: 'If it needs no more than one capability, remove `privileged` and add that one.',
} as const;

export const noPrivilegedContainer: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  kinds: DEMANDING_KINDS,
  judge(manifest, context) {
    const privileged = containersOf(manifest).filter(({ value }) => valueAt(value, FIELD) === true);
    if (privileged.length === 0) return [];
    const agreed = isAgreed(manifest, context);
    return privileged.map(({ pointer: container }): Problem => {
      const pointer = [...container, ...FIELD];
      return {
        pointer,
        // Taking the label from the namespace makes the finding a new one.
        judged: agreed ? [true, 'agreed'] : true,
        ...(agreed ? AGREED : {}),
        ...replaceSwitch(manifest, context, pointer, true, 'false'),
      };
    });
  },
};

/** Whether every namespace in which the pods end up says that they may do everything. */
function isAgreed(manifest: Manifest, context: RuleContext): boolean {
  const demands = demandsOn(manifest, context);
  const modes = demands.filter(({ mode }) => mode === 'enforce' || mode === null);
  return modes.length > 0 && modes.every(({ mode, level }) => mode === 'enforce' && level === 'privileged');
}
