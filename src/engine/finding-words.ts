import { asText, type Manifest } from '../manifests/manifest.ts';
import type { Pointer } from '../manifests/position.ts';
import { containersOf, valueAt } from '../manifests/workload.ts';
import type { ObjectRef } from './finding.ts';

/** What identifies an object in a report. */
export function refOf(manifest: Manifest): ObjectRef {
  return {
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    namespace: manifest.namespace,
    name: manifest.name,
  };
}

/** `namespace/name`, as messages call an object. */
export function nameOf(object: ObjectRef): string {
  if (object.name === null) return '(unnamed)';
  return object.namespace === null ? object.name : `${object.namespace}/${object.name}`;
}

/** As `nameOf`; of an object that the server gives the end of its name, with a star for it. */
export function titleOf(manifest: Manifest): string {
  const object = refOf(manifest);
  const start = manifest.name === null ? asText(valueAt(manifest.value, ['metadata', 'generateName'])) : null;
  return nameOf(start === null ? object : { ...object, name: `${start}*` });
}

/** `spec.containers[0].image`. */
export function dotted(pointer: Pointer): string {
  return pointer
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : step))
    .join('.')
    .replaceAll('.[', '[');
}

/** The container in which a place is; empty for a place in none. */
export function containerName(manifest: Manifest, pointer: Pointer): string {
  const containing = containersOf(manifest).find((container) =>
    container.pointer.every((step, index) => step === pointer[index]),
  );
  return containing === undefined ? '' : (containing.name ?? '(unnamed)');
}

/** What a later commit removed is still there for everybody who fetches the branch: mending the file is not enough. */
export function inHistory(message: string, commit: string, acceptance: string): string {
  const otherwise = acceptance === '' ? '' : `, or have it accepted: ${acceptance}`;
  return (
    `In commit \`${commit}\`, though not in the head any more: ${message} ` +
    `Everybody who can fetch the branch can read that commit, so treat what it shows as known: rotate it. ` +
    `Then rewrite the branch without it, with \`git rebase -i ${commit}^\` and a forced push${otherwise}.`
  );
}
