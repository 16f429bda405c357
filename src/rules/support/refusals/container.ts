import { isRecord } from '../../../manifests/manifest.ts';
import { isQualifiedName } from '../../../manifests/names.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { parseQuantity } from '../../../manifests/quantity.ts';
import { handlerRefusals } from './handlers.ts';
import { imageRefusals } from './image.ts';
import {
  exactlyOne,
  given,
  itemsOf,
  knownText,
  numberOutside,
  PORTS,
  type Fields,
  type Refusal,
} from './refusal.ts';

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
const FIELD_PATH =
  /^(?:metadata\.(?:name|namespace|uid|annotations|labels)|metadata\.(?:annotations|labels)\['[^']+'\]|spec\.(?:nodeName|serviceAccountName)|status\.(?:hostIPs?|podIPs?))$/;
const FIELD_RESOURCE = /^(?:limits|requests)\.(?:cpu|memory|ephemeral-storage|hugepages-.+)$/;
const RESOURCE = /^(?:cpu|memory|ephemeral-storage|hugepages-.+)$/;

/** https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/apis/core/validation/validation.go, `validateContainers`. */
export function containerRefusals(container: Fields, pointer: Pointer): Refusal[] {
  return [
    ...imageRefusals(container, pointer),
    ...itemsOf(container['ports'], [...pointer, 'ports']).flatMap((port) => [
      ...numberOutside(port.value['containerPort'], PORTS, [...port.pointer, 'containerPort']),
      ...numberOutside(port.value['hostPort'], [0, 65_535], [...port.pointer, 'hostPort']),
    ]),
    ...itemsOf(container['env'], [...pointer, 'env']).flatMap(variableRefusals),
    ...itemsOf(container['envFrom'], [...pointer, 'envFrom']).flatMap((source) =>
      exactlyOne(source.value, ['configMapRef', 'secretRef'], source.pointer, {
        none: 'names neither a ConfigMap nor a Secret',
        several: 'stands beside `configMapRef`, and only one of the two may be given',
        mend: 'Give `configMapRef` or `secretRef`; a second source is an item of its own.',
      }),
    ),
    ...itemsOf(container['volumeMounts'], [...pointer, 'volumeMounts']).flatMap(mountRefusals),
    ...handlerRefusals(container, pointer),
    ...resourceRefusals(container, pointer),
  ];
}

function variableRefusals({ pointer, value }: { pointer: Pointer; value: Fields }): Refusal[] {
  const name = knownText(value['name']);
  const wrongName: Refusal[] =
    name?.includes('=') === true
      ? [
          {
            pointer: [...pointer, 'name'],
            fact: 'has an equals sign in it',
            mend: 'Write the value under `value`.',
          },
        ]
      : [];
  const from = value['valueFrom'];
  if (!isRecord(from)) return wrongName;
  const at = [...pointer, 'valueFrom'];
  if (value['value'] !== undefined && value['value'] !== null && value['value'] !== '') {
    const fact = 'stands beside `value`, and only one of the two may be given';
    return [...wrongName, { pointer: at, atKey: true, fact, mend: 'Take one of them out.' }];
  }
  const sources = exactlyOne(from, SOURCES, at, {
    none: 'says not where the value comes from',
    several: 'is a second source, and a variable has only one',
    mend: 'Keep one of `fieldRef`, `resourceFieldRef`, `configMapKeyRef` and `secretKeyRef`.',
  });
  return [
    ...wrongName,
    ...sources,
    ...fieldRefusals(from['fieldRef'], [...at, 'fieldRef', 'fieldPath']),
    ...resourceFieldRefusals(from['resourceFieldRef'], [...at, 'resourceFieldRef', 'resource']),
  ];
}

function fieldRefusals(reference: unknown, pointer: Pointer): Refusal[] {
  const field = isRecord(reference) ? knownText(reference['fieldPath']) : null;
  if (field === null || FIELD_PATH.test(field)) return [];
  const mend =
    "Known are `metadata.name`, `metadata.namespace`, `metadata.uid`, `metadata.labels['…']`, `metadata.annotations['…']`, " +
    '`spec.nodeName`, `spec.serviceAccountName`, `status.hostIP` and `status.podIP`.';
  return [{ pointer, fact: 'is no field of a pod that a variable may have', mend }];
}

function resourceFieldRefusals(reference: unknown, pointer: Pointer): Refusal[] {
  const resource = isRecord(reference) ? knownText(reference['resource']) : null;
  if (resource === null || FIELD_RESOURCE.test(resource)) return [];
  const mend = 'Write such as `limits.memory` or `requests.cpu`.';
  return [{ pointer, fact: 'is no amount of a container that a variable may have', mend }];
}

function mountRefusals({ pointer, value }: { pointer: Pointer; value: Fields }): Refusal[] {
  const path = value['mountPath'];
  if (path === '') return [{ pointer: [...pointer, 'mountPath'], fact: 'is empty', mend: 'Write the path.' }];
  const refusals: Refusal[] = [];
  if (knownText(path)?.includes(':') === true) {
    refusals.push({
      pointer: [...pointer, 'mountPath'],
      fact: 'has a colon in it',
      mend: 'Take the colon out.',
    });
  }
  if (given(value, ['subPath', 'subPathExpr']).length === 2) {
    const fact = 'stands beside `subPath`, and only one of the two may be given';
    refusals.push({ pointer: [...pointer, 'subPathExpr'], atKey: true, fact, mend: 'Take one of them out.' });
  }
  for (const field of ['subPath', 'subPathExpr']) {
    const inner = knownText(value[field]);
    if (inner === null || (!inner.startsWith('/') && !inner.split('/').includes('..'))) continue;
    const mend =
      'Write the path from the root of the volume, without a slash at the beginning and without `..`.';
    refusals.push({ pointer: [...pointer, field], fact: 'leads out of the volume', mend });
  }
  return refusals;
}

function resourceRefusals({ resources }: Fields, pointer: Pointer): Refusal[] {
  if (!isRecord(resources)) return [];
  return ['requests', 'limits'].flatMap((part) => {
    const amounts = resources[part];
    if (!isRecord(amounts)) return [];
    return Object.entries(amounts).flatMap(([name, amount]): Refusal[] => {
      const at = [...pointer, 'resources', part, name];
      if (
        !RESOURCE.test(name) &&
        !(name.includes('/') && isQualifiedName(name)) &&
        knownText(name) !== null
      ) {
        const mend =
          'Correct the name: known are `cpu`, `memory`, `ephemeral-storage` and `hugepages-…`; others have a domain before a slash.';
        return [{ pointer: at, atKey: true, fact: 'is no resource of a container', mend }];
      }
      const quantity = parseQuantity(amount);
      return quantity !== null && quantity < 0
        ? [{ pointer: at, fact: 'is below zero', mend: 'Correct the amount.' }]
        : [];
    });
  });
}
