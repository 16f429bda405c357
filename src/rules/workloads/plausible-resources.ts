import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { parseQuantity } from '../../manifests/quantity.ts';
import { containersOf, listAt, podSpecsOf, valueAt } from '../../manifests/workload.ts';
import { once } from '../support/once.ts';

const MEBIBYTE = 2 ** 20;
/** Cores; no node that people rent has so many for one container. */
const MOST_CORES = 256;
const BYTES = ['memory', 'ephemeral-storage', 'storage'];

const FEW_BYTES =
  '`{pointer}` of {kind} `{name}` is less than a mebibyte: nothing starts with so little. `m` means thousandths, and a number without a ' +
  'unit means bytes.';
const ADD_UNIT = 'Write the unit that is meant, such as `Mi` or `Gi`.';
const MANY_CORES =
  '`{pointer}` of {kind} `{name}` is {cores} cores, which no node has: the pod is never scheduled, or nothing limits it.';
const WRITE_MILLI = 'Write thousandths of a core with a small `m`, such as `500m`.';

export const plausibleResources: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    const holders = [
      ...podSpecsOf(manifest).map((pod) => ({
        value: pod.value['resources'],
        pointer: pod.pointerTo(['resources']),
      })),
      ...containersOf(manifest).map(({ value, pointer }) => ({
        value: value['resources'],
        pointer: [...pointer, 'resources'],
      })),
      ...claimsOf(manifest).map((spec) => ({
        value: valueAt(manifest.value, [...spec, 'resources']),
        pointer: [...spec, 'resources'],
      })),
    ];
    const problems = holders.flatMap(({ value, pointer }) =>
      ['requests', 'limits'].flatMap((part) =>
        amountsAt(valueAt(value, [part])).flatMap(([name, amount]) =>
          problemOf(name, amount, [...pointer, part, name]),
        ),
      ),
    );
    return once(problems);
  },
};

function claimsOf({ group, kind, value }: { group: string; kind: string; value: unknown }): Pointer[] {
  if (group === '' && kind === 'PersistentVolumeClaim') return [['spec']];
  if (group !== 'apps' || kind !== 'StatefulSet') return [];
  const list = ['spec', 'volumeClaimTemplates'];
  return listAt(value, list).map((_, index) => [...list, String(index), 'spec']);
}

function amountsAt(amounts: unknown): (readonly [string, unknown])[] {
  return isRecord(amounts) ? Object.entries(amounts) : [];
}

/** Nothing at all is said on purpose. */
function problemOf(name: string, written: unknown, pointer: Pointer): (Problem & { pointer: Pointer })[] {
  const amount = parseQuantity(written);
  if (amount === null || amount <= 0) return [];
  const about = { pointer, judged: written };
  if (BYTES.includes(name) && amount < MEBIBYTE)
    return [{ ...about, message: FEW_BYTES, remediation: ADD_UNIT }];
  if (name !== 'cpu' || amount < MOST_CORES) return [];
  const values = { cores: String(amount) };
  return [{ ...about, message: MANY_CORES, remediation: WRITE_MILLI, values }];
}
