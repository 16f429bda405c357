import type { Snapshot } from '../../../engine/change.ts';
import { kustomizationsOf, patchTextsOf, type KustomizationFile } from '../../../engine/kustomizations.ts';
import type { Manifest } from '../../../manifests/manifest.ts';

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

const answers = new WeakMap<Named, Map<string | null, readonly Destination[]>>();

/** Every namespace in which an object ends up: as it is written, or as the kustomizations that deploy the file say. */
export function destinationsOf({ path, namespace }: Manifest, snapshot: Snapshot): readonly Destination[] {
  // What the same kustomizations name goes the same ways.
  const naming = kustomizationsOf(snapshot).naming(path);
  const known = answers.get(naming) ?? new Map<string | null, readonly Destination[]>();
  answers.set(naming, known);
  let found = known.get(namespace);
  if (found === undefined) {
    found = waysFrom(naming, namespace, snapshot);
    known.set(namespace, found);
  }
  return found;
}

function waysFrom(first: Named, namespace: string | null, snapshot: Snapshot): Destination[] {
  const found = new Map<string, Destination>();
  const seen = new Set<string>();
  const follow = (target: string | null, above: Named, so: Destination): void => {
    const state = JSON.stringify([target, so]);
    if (seen.has(state) || seen.size > MAX_DESTINATIONS) return;
    seen.add(state);
    if (above.length === 0) found.set(JSON.stringify(so), so);
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
