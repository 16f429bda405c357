import type { IndexedObject } from '../../engine/object-index.ts';
import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { podSpecsOf } from '../../manifests/workload.ts';
import { DEPLOYING_KINDS } from '../support/deployers.ts';
import { WORKLOAD_KINDS } from '../support/pod-index.ts';
import { LEVELS } from '../support/pod-security/control.ts';
import { demandsOn, type Demand } from '../support/pod-security/demands.ts';
import {
  countingDeclarations,
  declarationsOf,
  DECLARING_KINDS,
  POD_SECURITY_LABEL,
  type Declaration,
} from '../support/pod-security/namespace-labels.ts';
import { CONTROLS, violationsOf } from '../support/pod-security/rule.ts';

const MAX_NAMED = 5;

/** A workload that the change leaves alone, and the controls that it does not fit. */
interface Unfit {
  readonly workload: IndexedObject;
  readonly controls: readonly string[];
}

export const namespaceRefusesItsPods: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZATION_GLOBS,
  kinds: [...new Set<string>([...DECLARING_KINDS, ...DEPLOYING_KINDS, ...WORKLOAD_KINDS])],
  judge(_files, context) {
    const enforcing = new Set(
      [...declarationsOf(context.objects).values()].flat().filter((one) => beginsToEnforce(one, context)),
    );
    if (enforcing.size === 0) return [];
    const unfit = new Map<Declaration, Unfit[]>();
    for (const workload of context.objects.all) {
      // What the change touches is judged by the rule of each control.
      if (workload.form !== 'whole' || context.changed?.has(workload.path) === true) continue;
      for (const [declaration, controls] of refusalsOf(workload, enforcing, context)) {
        unfit.set(declaration, [...(unfit.get(declaration) ?? []), { workload, controls }]);
      }
    }
    return [...unfit].map(([declaration, all]) => problemOf(declaration, inOrder(all)));
  },
};

function inOrder(unfit: readonly Unfit[]): Unfit[] {
  const keyOf = ({ workload: { path, kind, name } }: Unfit): string => JSON.stringify([path, kind, name]);
  return [...unfit].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function beginsToEnforce({ object, demands }: Declaration, { changed }: RuleContext): boolean {
  return changed?.has(object.path) === true && demands.some(({ mode, level }) => isEnforced(mode, level));
}

function isEnforced(mode: Demand['mode'], level: Demand['level']): boolean {
  return mode === 'enforce' && level !== 'privileged';
}

/** The declarations by which the cluster refuses a workload's pods, each with the controls that do not let them in. */
function refusalsOf(
  workload: IndexedObject,
  enforcing: ReadonlySet<Declaration>,
  context: RuleContext,
): Map<Declaration, readonly string[]> {
  const { manifest } = workload;
  const found = new Map<Declaration, readonly string[]>();
  if (podSpecsOf(manifest).length === 0) return found;
  for (const demand of demandsOn(manifest, context)) {
    const { namespace, mode, level, patched } = demand;
    if (namespace === null || patched || !isEnforced(mode, level)) continue;
    const counting = countingDeclarations(namespace, workload.path, context.objects);
    const declaration = counting.find((one) => enforcing.has(one));
    const controls = declaration === undefined ? [] : brokenControls(workload, demand);
    if (declaration !== undefined && controls.length > 0) found.set(declaration, controls);
  }
  return found;
}

function brokenControls({ manifest }: IndexedObject, demand: Demand): string[] {
  return Object.entries(CONTROLS)
    .filter(([, control]) => LEVELS.indexOf(demand.level) >= LEVELS.indexOf(control.level))
    .filter(([, control]) => violationsOf(manifest, control, demand, () => true).length > 0)
    .map(([name]) => `pod-security-${name}`);
}

function problemOf({ object, labels, name, demands }: Declaration, unfit: readonly Unfit[]): Problem {
  const named = unfit.slice(0, MAX_NAMED).map(({ workload }) => workload);
  return {
    path: object.path,
    manifest: object.position,
    pointer: [...labels, `${POD_SECURITY_LABEL}enforce`],
    judged: unfit.map(({ workload, controls }) => [workload.path, workload.kind, workload.name, controls]),
    values: {
      namespace: name,
      level: demands.find(({ mode }) => mode === 'enforce')?.level ?? '',
      workloads: listed(unfit.map(({ workload }) => titleOf(workload))),
      controls: listed([...new Set(unfit.flatMap(({ controls }) => controls))]),
    },
    related: named.map((workload) => ({
      message: titleOf(workload),
      location: { path: workload.path, range: workload.manifest.rangeOf(['metadata', 'name']) },
    })),
  };
}

function titleOf({ kind, name }: IndexedObject): string {
  return `${kind} ${name ?? '(unnamed)'}`;
}

/** The first few, and how many more there are. */
function listed(texts: readonly string[]): string {
  const rest = texts.length - MAX_NAMED;
  return [...texts.slice(0, MAX_NAMED), ...(rest > 0 ? [`${String(rest)} more`] : [])].join(', ');
}
