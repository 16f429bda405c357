import type { IndexedObject } from '../../engine/object-index.ts';
import type { DeploymentUnit } from '../../graph/deployment-units.ts';
import type { Files } from '../../graph/kustomize-tree.ts';
import type { ConfigReference } from './config-references.ts';
import { mayMeet, push, type PlacedObject, type PlacedObjects } from './placed-objects.ts';
import { secretsOf } from './secret-sources.ts';

/** Annotations by which controllers copy an object into other namespaces. */
const COPIED = /reflector\.v1\.k8s\.emberstack\.com|replicator\.v1\.mittwald\.de|kubed\.appscode\.com/;

/** Everything that ConfigMaps, Secrets and claims come from. */
export class ConfigSources {
  readonly #byName = new Map<string, PlacedObject[]>();
  readonly #units = new Map<string, Set<DeploymentUnit>>();
  readonly #placed: PlacedObjects;
  readonly #files: Files;
  readonly #makers = new Map<DeploymentUnit, boolean>();
  readonly #generators = {
    configMapGenerator: new Map<DeploymentUnit, boolean>(),
    secretGenerator: new Map<DeploymentUnit, boolean>(),
  };
  readonly #copies = new Map<IndexedObject, boolean>();

  constructor(placed: PlacedObjects, files: Files) {
    this.#placed = placed;
    this.#files = files;
    for (const one of placed.all) {
      const { kind, name, form } = one.object;
      if (form === 'partial') continue;
      const isPlain = kind === 'ConfigMap' || kind === 'PersistentVolumeClaim';
      const made = isPlain ? [name ?? ''] : secretsOf(one.object);
      for (const each of made) this.#add(isPlain ? kind : 'Secret', each, one);
    }
  }

  has(reference: ConfigReference, near: PlacedObject): boolean {
    return (
      this.#placed.generated.has(`${reference.kind}/${reference.name}`) ||
      this.named(reference, near).length > 0
    );
  }

  /** The objects by which something of that name exists where `near` may use it. */
  named({ kind, name }: Pick<ConfigReference, 'kind' | 'name'>, near: PlacedObject): PlacedObject[] {
    const found = this.#byName.get(`${kind}/${name}`) ?? [];
    return found.filter((one) => mayMeet(one, near) || this.#copied(one));
  }

  /** Whether what is deployed together with an object keeps its things of the kind in the repository. */
  standBeside(kind: ConfigReference['kind'], { units }: PlacedObject): boolean {
    const generators = kind === 'Secret' ? 'secretGenerator' : 'configMapGenerator';
    return units.some(
      (unit) =>
        this.#units.get(kind)?.has(unit) === true ||
        this.#has(generators, unit) ||
        (kind === 'ConfigMap' && this.#keepsSecrets(unit)),
    );
  }

  /** Whoever keeps Secrets there does not make ConfigMaps by hand; a Job may. */
  #keepsSecrets(unit: DeploymentUnit): boolean {
    const isKept = unit.kustomizations.length > 0 && this.#units.get('Secret')?.has(unit) === true;
    return isKept && !this.makesSecrets(unit);
  }

  #has(generators: 'configMapGenerator' | 'secretGenerator', unit: DeploymentUnit): boolean {
    const known = this.#generators[generators];
    let answer = known.get(unit);
    if (answer === undefined) {
      answer = unit.kustomizations.some(({ value }) => value[generators] !== undefined);
      known.set(unit, answer);
    }
    return answer;
  }

  #copied({ object }: PlacedObject): boolean {
    let answer = this.#copies.get(object);
    if (answer === undefined) {
      answer = COPIED.test(JSON.stringify(object.value['metadata']));
      this.#copies.set(object, answer);
    }
    return answer;
  }

  /** Jobs make Secrets, and so does whatever may create them. */
  makesSecrets(unit: DeploymentUnit): boolean {
    let answer = this.#makers.get(unit);
    if (answer === undefined) {
      answer = [...unit.files.keys()].some((path) =>
        this.#files
          .get(path)?.()
          .manifests.some(
            ({ kind, value }) =>
              kind === 'Job' || (kind.endsWith('Role') && mayCreateSecrets(value['rules'])),
          ),
      );
      this.#makers.set(unit, answer);
    }
    return answer;
  }

  #add(kind: string, name: string, one: PlacedObject): void {
    push(this.#byName, `${kind}/${name}`, one);
    // What an Ingress or a Service names says nothing about where Secrets are kept.
    if (one.object.kind === 'Ingress' || one.object.kind === 'Service') return;
    const units = this.#units.get(kind) ?? new Set();
    for (const unit of one.units) units.add(unit);
    this.#units.set(kind, units);
  }
}

function mayCreateSecrets(rules: unknown): boolean {
  if (!Array.isArray(rules)) return false;
  return (rules as unknown[]).some((rule) => {
    const text = JSON.stringify([rule]);
    return /"(?:secrets|\*)"/.test(text) && /"(?:create|\*)"/.test(text);
  });
}

const known = new WeakMap<Files, ConfigSources>();

/** Made once for all rules that judge a revision. */
export function configSourcesOf(placed: PlacedObjects, files: Files): ConfigSources {
  let sources = known.get(files);
  if (sources === undefined) known.set(files, (sources = new ConfigSources(placed, files)));
  return sources;
}
