import type { Snapshot } from '../../../engine/change.ts';
import type { RuleContext } from '../../../engine/rule.ts';
import { kustomizationsOf, patchTextsOf, type KustomizationFile } from '../../../engine/kustomizations.ts';
import type { Manifest } from '../../../manifests/manifest.ts';
import { deployersAbove, deployersAt } from '../deployers.ts';

/** Where an object ends up, by one way through the kustomizations. */
export interface Destination {
  /** Null when nothing names one. */
  readonly namespace: string | null;
  /** A patch on the way touches what the controls look at: the pod may differ from what is written here. */
  readonly patched: boolean;
}

/** Text of a patch that may change what a control judges. */
const TOUCHES_SECURITY =
  /securityContext|hostUsers|hostNetwork|hostPID|hostIPC|hostPort|hostPath|volumes|\$patch/;
/** More ways than this say nothing new. */
const MAX_DESTINATIONS = 100;

type Named = readonly KustomizationFile[];

/** A way through the kustomizations, and the folder of the last one; null when none names the file. */
interface Way extends Destination {
  readonly folder: string | null;
}

const answers = new WeakMap<Named, Map<string | null, readonly Way[]>>();

/**
 * Every namespace in which an object ends up: as it is written, or as the kustomizations and the objects of Argo CD and Flux
 * that deploy the file say.
 */
export function destinationsOf(
  manifest: Manifest,
  context: Pick<RuleContext, 'snapshot' | 'objects'>,
): readonly Destination[] {
  return waysOf(manifest, context.snapshot).flatMap((way): readonly Destination[] => {
    const { folder, namespace, patched } = way;
    const deployers = folder === null ? deployersAbove(manifest.path, context) : deployersAt(folder, context);
    return deployers.length === 0
      ? [way]
      : deployers.map((one) => ({
          namespace: one.overrides || namespace === null ? one.namespace : namespace,
          patched,
        }));
  });
}

function waysOf({ path, namespace }: Manifest, snapshot: Snapshot): readonly Way[] {
  // What the same kustomizations name goes the same ways.
  const naming = kustomizationsOf(snapshot).naming(path);
  const known = answers.get(naming) ?? new Map<string | null, readonly Way[]>();
  answers.set(naming, known);
  let found = known.get(namespace);
  if (found === undefined) {
    found = waysFrom(naming, namespace, snapshot);
    known.set(namespace, found);
  }
  return found;
}

function waysFrom(first: Named, namespace: string | null, snapshot: Snapshot): Way[] {
  const found = new Map<string, Way>();
  const seen = new Set<string>();
  const follow = (target: string | null, above: Named, so: Destination): void => {
    const state = JSON.stringify([target, so]);
    if (seen.has(state) || seen.size > MAX_DESTINATIONS) return;
    seen.add(state);
    if (above.length === 0) found.set(state, { ...so, folder: target });
    for (const kustomization of above) {
      const { folder } = kustomization;
      follow(folder, kustomizationsOf(snapshot).naming(folder), {
        namespace: kustomization.namespace ?? so.namespace,
        patched:
          so.patched || withComponents(kustomization, snapshot).some((one) => patchesSecurity(one, snapshot)),
      });
    }
  };
  follow(null, first, { namespace, patched: false });
  return [...found.values()];
}

function withComponents(kustomization: KustomizationFile, snapshot: Snapshot): KustomizationFile[] {
  const { components } = kustomizationsOf(snapshot);
  return [kustomization, ...kustomization.references.flatMap((folder) => components.get(folder) ?? [])];
}

const known = new WeakMap<KustomizationFile, boolean>();

function patchesSecurity(kustomization: KustomizationFile, snapshot: Snapshot): boolean {
  let patches = known.get(kustomization);
  if (patches === undefined) {
    const texts = patchTextsOf(kustomization, snapshot).map((text) => text ?? '$patch');
    patches = [...texts, ...kustomization.inlinePatches].some((text) => TOUCHES_SECURITY.test(text));
    known.set(kustomization, patches);
  }
  return patches;
}
