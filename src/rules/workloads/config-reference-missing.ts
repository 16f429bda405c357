import type { IndexedObject } from '../../engine/object-index.ts';
import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { unitWidening, type DeploymentUnit } from '../../graph/deployment-units.ts';
import type { Files } from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { configReferencesOf, type ConfigReference } from '../support/config-references.ts';
import { lostObject } from '../support/lost-objects.ts';
import {
  mayMeet,
  placedObjectsOf,
  push,
  type PlacedObject,
  type PlacedObjects,
} from '../support/placed-objects.ts';
import { SUPPLIER_KINDS, WORKLOAD_KINDS } from '../support/pod-index.ts';
import { SECRET_SOURCE_KINDS, secretsOf } from '../support/secret-sources.ts';

/** Kubernetes, or OpenShift, puts these into every namespace. */
const ALWAYS_THERE = /^(?:kube-root-ca\.crt|openshift-service-ca\.crt)$/;
/** Annotations by which controllers copy an object into other namespaces. */
const COPIED = /reflector\.v1\.k8s\.emberstack\.com|replicator\.v1\.mittwald\.de|kubed\.appscode\.com/;

export const configReferenceMissing: RepositoryRule = {
  scope: 'repository',
  kinds: ['ConfigMap', 'PersistentVolumeClaim', ...SECRET_SOURCE_KINDS, ...WORKLOAD_KINDS, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const sources = new Sources(placed, files);
    return WORKLOAD_KINDS.flatMap((kind) => placed.ofKind(kind)).flatMap((one) =>
      judgeWorkload(one, sources, placed, context),
    );
  },
};

function judgeWorkload(
  one: PlacedObject,
  sources: Sources,
  placed: PlacedObjects,
  context: RuleContext,
): Problem[] {
  const { form, manifest } = one.object;
  if (form !== 'whole') return [];
  return configReferencesOf(manifest).flatMap((reference) => {
    const { kind, name, pointer } = reference;
    if (ALWAYS_THERE.test(name) || sources.has(reference, one)) return [];
    if (one.units.some(({ patches }) => patches(name)) || placed.mayBeSupplied(one, [name])) return [];
    if (kind === 'Secret' && one.units.some((unit) => sources.makesSecrets(unit))) return [];
    // Where nothing of the kind is kept in the repository, it is made somewhere else.
    if (!sources.standBeside(kind, one) && !lostObject(kind, name, context)) return [];
    return [
      {
        path: one.object.path,
        manifest: one.object.position,
        pointer,
        judged: name,
        values: { wanted: kind, target: name },
      },
    ];
  });
}

/** Everything that ConfigMaps, Secrets and claims come from. */
class Sources {
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

  has({ kind, name }: ConfigReference, near: PlacedObject): boolean {
    if (this.#placed.generated.has(`${kind}/${name}`)) return true;
    const found = this.#byName.get(`${kind}/${name}`) ?? [];
    return found.some((one) => mayMeet(one, near) || this.#copied(one));
  }

  standBeside(kind: ConfigReference['kind'], { units }: PlacedObject): boolean {
    const generators = kind === 'Secret' ? 'secretGenerator' : 'configMapGenerator';
    return units.some((unit) => this.#units.get(kind)?.has(unit) === true || this.#has(generators, unit));
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
