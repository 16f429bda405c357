import { posix } from 'node:path';
import { decodeText } from '../../../engine/judged-file.ts';
import type { Snapshot } from '../../../engine/change.ts';
import type { Kustomization } from '../../../manifests/kustomization.ts';
import type { Manifest } from '../../../manifests/manifest.ts';
import { componentsOf, kustomizationsNaming } from '../kustomizations.ts';

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

/** Every namespace in which an object ends up: as it is written, or as the kustomizations that deploy the file say. */
export function destinationsOf(manifest: Manifest, snapshot: Snapshot): Destination[] {
  const found = new Map<string, Destination>();
  const seen = new Set<string>();
  const follow = (target: string, so: Destination): void => {
    const state = JSON.stringify([target, so]);
    if (seen.has(state) || seen.size > MAX_DESTINATIONS) return;
    seen.add(state);
    const above = kustomizationsNaming(target, snapshot);
    if (above.length === 0) found.set(JSON.stringify(so), so);
    for (const kustomization of above) {
      follow(posix.dirname(kustomization.path), {
        namespace: kustomization.namespace ?? so.namespace,
        patched:
          so.patched || withComponents(kustomization, snapshot).some((one) => patchesSecurity(one, snapshot)),
      });
    }
  };
  follow(manifest.path, { namespace: manifest.namespace, patched: false });
  return [...found.values()];
}

function withComponents(kustomization: Kustomization, snapshot: Snapshot): Kustomization[] {
  const named = new Set(kustomization.references);
  const components = componentsOf(snapshot).filter(({ path }) => named.has(posix.dirname(path)));
  return [kustomization, ...components];
}

const known = new WeakMap<Kustomization, boolean>();

function patchesSecurity(kustomization: Kustomization, snapshot: Snapshot): boolean {
  let patches = known.get(kustomization);
  if (patches === undefined) {
    const files = kustomization.patches.map((path) => snapshot.files.get(path)?.content ?? null);
    const texts = files.map((content) => (content === null ? '$patch' : (decodeText(content) ?? '$patch')));
    patches = [...texts, ...kustomization.inlinePatches].some((text) => TOUCHES_SECURITY.test(text));
    known.set(kustomization, patches);
  }
  return patches;
}
