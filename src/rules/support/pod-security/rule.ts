import { formOf } from '../../../engine/object-form.ts';
import type { ManifestRule, Problem, RuleContext } from '../../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../../manifests/kustomization.ts';
import type { Manifest } from '../../../manifests/manifest.ts';
import { formatPointer } from '../../../manifests/position.ts';
import { podSpecsOf } from '../../../manifests/workload.ts';
import { looksAfterNodes } from '../node-agents.ts';
import { BASELINE } from './baseline.ts';
import { LEVELS, type Control, type PodSecurityLevel, type Violation } from './control.ts';
import { DEMANDING_KINDS, demandsOn, type Demand } from './demands.ts';
import { RESTRICTED } from './restricted.ts';

/** All controls of the standards, by the names of their rules without `pod-security-`. */
export const CONTROLS: Readonly<Record<keyof typeof BASELINE | keyof typeof RESTRICTED, Control>> = {
  ...BASELINE,
  ...RESTRICTED,
};

const REFUSED =
  'The namespace `{namespace}` enforces the Pod Security level `{level}`, so the cluster refuses the pod.';
const TOLD = 'The namespace `{namespace}` asks for the Pod Security level `{level}`, which forbids it.';
const USUAL = 'The Pod Security level `{level}` forbids it.';
const OF_AGENTS = 'The Pod Security level `{level}` forbids it, which is for applications.';
const LABEL_AGENTS =
  'If this agent of the node needs it, say so with the label `pod-security.kubernetes.io/enforce: privileged` on its ' +
  'namespace; else remove it.';

/** A rule for one control of the Pod Security Standards. */
export function podSecurityRule(name: keyof typeof CONTROLS): ManifestRule {
  const control = CONTROLS[name];
  return {
    scope: 'manifest',
    context: KUSTOMIZATION_GLOBS,
    kinds: DEMANDING_KINDS,
    judge(manifest, context) {
      const pods = podSpecsOf(manifest);
      if (pods.length === 0) return [];
      const found = new Map<string, Problem>();
      for (const demand of mostSevereFirst(demandsOn(manifest, context))) {
        const level = levelOf(demand, control, context);
        if (level === null) continue;
        const isWhole = (): boolean => formOf(manifest, context) === 'whole';
        for (const violation of violationsOf(manifest, control, demand, isWhole)) {
          const key = formatPointer(violation.pointer);
          if (!found.has(key)) found.set(key, problemOf(violation, level, demand, manifest));
        }
      }
      return [...found.values()];
    },
  };
}

function mostSevereFirst(demands: readonly Demand[]): Demand[] {
  const rank = ({ mode, patched }: Demand): number =>
    mode === 'enforce' && !patched ? 0 : mode !== null ? 1 : 2;
  return [...demands].sort((a, b) => rank(a) - rank(b));
}

/** The level that is asked, when it includes the control; null when the control does not count. */
function levelOf(demand: Demand, control: Control, context: RuleContext): PodSecurityLevel | null {
  const level = demand.mode === null ? usualLevel(context) : demand.level;
  if (context.policy.profile === 'essential' && demand.mode !== 'enforce') return null;
  return LEVELS.indexOf(level) >= LEVELS.indexOf(control.level) ? level : null;
}

/** What pods are measured by whose namespace asks for nothing. */
function usualLevel({ parameters, policy }: RuleContext): PodSecurityLevel {
  const usual = policy.profile === 'strict' ? 'restricted' : 'baseline';
  return LEVELS.find((one) => one === parameters['level']) ?? usual;
}

/** @param isWhole asked only where something is missing: whether nothing else may add it */
export function violationsOf(
  manifest: Manifest,
  control: Control,
  { minors, patched }: Demand,
  isWhole: () => boolean,
): readonly Violation[] {
  const violations = podSpecsOf(manifest).flatMap((pod) =>
    minors
      .flatMap((minor) => control.check(pod, minor))
      .filter(({ missing }) => missing !== true || (pod.complete && !patched)),
  );
  if (!violations.some(({ missing }) => missing === true) || isWhole()) return violations;
  return violations.filter(({ missing }) => missing !== true);
}

function problemOf(
  { pointer, judged, message, remediation, values }: Violation,
  level: PodSecurityLevel,
  demand: Demand,
  manifest: Manifest,
): Problem {
  const { mode, namespace } = demand;
  return {
    pointer,
    // A namespace that begins to refuse what it let in makes the finding a new one.
    judged: [judged, mode === 'enforce'],
    ...(message === undefined ? {} : { message }),
    ...(remediation === undefined ? {} : { remediation }),
    values: { ...values, level, namespace: namespace ?? '' },
    ...consequenceOf(demand, manifest),
  };
}

function consequenceOf({ mode, namespace, patched }: Demand, manifest: Manifest): Partial<Problem> {
  if (mode === 'enforce' && !patched) return { consequence: REFUSED, severity: 'error' };
  if (mode !== null) return { consequence: TOLD };
  if (!looksAfterNodes(manifest, namespace)) return { consequence: USUAL };
  return { consequence: OF_AGENTS, remediation: LABEL_AGENTS, severity: 'info' };
}
