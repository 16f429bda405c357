import { isRecord } from '../../../manifests/manifest.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { placesOf } from '../../../manifests/pod-places.ts';
import { CONTAINER_LISTS, valueAt } from '../../../manifests/workload.ts';
import { containerRefusals } from './container.ts';
import {
  given,
  itemsOf,
  knownText,
  numberOutside,
  wholeNumber,
  type Fields,
  type Refusal,
} from './refusal.ts';
import { termRefusals } from './selector.ts';
import { podWordRefusals } from './words.ts';

/** https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/apis/core/validation/validation.go, `ValidatePodSpec`. */
export function podRefusals(spec: Fields, pointer: Pointer): Refusal[] {
  const lists = CONTAINER_LISTS.flatMap((list) => itemsOf(spec[list], [...pointer, list]));
  const none = Array.isArray(spec['containers']) && spec['containers'].length === 0;
  return [
    ...(none ? [noContainers([...pointer, 'containers'])] : []),
    ...lists.flatMap((container) => [
      ...containerRefusals(container.value, container.pointer),
      ...securityRefusals(container.value, container.pointer, spec),
      ...userRefusals(container.value, container.pointer),
    ]),
    ...hostPortRefusals(spec, lists),
    ...itemsOf(spec['volumes'], [...pointer, 'volumes']).flatMap(volumeRefusals),
    ...itemsOf(spec['tolerations'], [...pointer, 'tolerations']).flatMap(tolerationRefusals),
    ...spreadRefusals(spec, pointer),
    ...affinityRefusals(spec['affinity'], [...pointer, 'affinity']),
    ...seccompRefusals(spec, pointer),
    ...dnsRefusals(spec, pointer),
    ...userRefusals(spec, pointer),
    ...sleepRefusals(spec, lists),
    ...claimNameRefusals(spec, lists),
    ...tokenRefusals(spec, pointer),
    ...podWordRefusals(spec, pointer),
    ...numberOutside(
      spec['terminationGracePeriodSeconds'],
      [0, Infinity],
      [...pointer, 'terminationGracePeriodSeconds'],
    ),
  ];
}

function noContainers(pointer: Pointer): Refusal {
  return { pointer, atKey: true, fact: 'is empty', mend: 'Add a container.', missing: 'containers' };
}

function volumeRefusals({ pointer, value }: { pointer: Pointer; value: Fields }): Refusal[] {
  const [, second] = given(
    value,
    Object.keys(value)
      .filter((field) => field !== 'name')
      .sort(),
  );
  if (second === undefined) return [];
  const fact = 'is a second source, and a volume has only one';
  return [{ pointer: [...pointer, second], atKey: true, fact, mend: 'Take one of them out.' }];
}

function securityRefusals(container: Fields, pointer: Pointer, spec: Fields): Refusal[] {
  const context = container['securityContext'];
  const own = isRecord(context) ? context : {};
  const pod = isRecord(spec['securityContext']) ? spec['securityContext'] : {};
  const at = [...pointer, 'securityContext'];
  const refusals = seccompRefusals(container, pointer);
  if (own['allowPrivilegeEscalation'] === false && own['privileged'] === true) {
    const fact = 'is `false` beside `privileged: true`, which needs it';
    refusals.push({ pointer: [...at, 'allowPrivilegeEscalation'], fact, mend: 'Remove `privileged`.' });
  }
  const user = own['runAsUser'] ?? pod['runAsUser'];
  const nonRoot = own['runAsNonRoot'] ?? pod['runAsNonRoot'];
  if (nonRoot === true && wholeNumber(user) === 0 && given(own, ['runAsUser', 'runAsNonRoot']).length > 0) {
    const field = own['runAsUser'] === undefined ? 'runAsNonRoot' : 'runAsUser';
    const fact = 'makes the container run as root, and `runAsNonRoot` forbids it';
    const outcome = 'the node does not start it.';
    refusals.push({
      pointer: [...at, field],
      fact,
      outcome,
      mend: 'Name a user above 0, or remove one of the two.',
    });
  }
  return refusals;
}

/** @param holder a pod spec or a container */
function seccompRefusals(holder: Fields, pointer: Pointer): Refusal[] {
  return ['seccompProfile', 'appArmorProfile'].flatMap((field): Refusal[] => {
    const profile = valueAt(holder, ['securityContext', field]);
    if (!isRecord(profile)) return [];
    const at = [...pointer, 'securityContext', field];
    const isLocal = profile['type'] === 'Localhost';
    const [named] = given(profile, ['localhostProfile']);
    if (isLocal && named === undefined) {
      const mend = 'Add `localhostProfile` with the name of the profile.';
      return [
        {
          pointer: [...at, 'type'],
          fact: 'is `Localhost` without a profile',
          mend,
          missing: 'localhostProfile',
        },
      ];
    }
    if (isLocal || named === undefined || knownText(profile['type']) === null) return [];
    const fact = 'counts only with the type `Localhost`';
    return [{ pointer: [...at, named], atKey: true, fact, mend: 'Remove it, or set `type: Localhost`.' }];
  });
}

function hostPortRefusals(spec: Fields, lists: readonly { pointer: Pointer; value: Fields }[]): Refusal[] {
  if (spec['hostNetwork'] !== true) return [];
  return lists.flatMap((container) =>
    itemsOf(container.value['ports'], [...container.pointer, 'ports']).flatMap(({ pointer, value }) => {
      const host = wholeNumber(value['hostPort']);
      if (host === null || host === 0 || host === wholeNumber(value['containerPort'])) return [];
      const fact = 'is another port than `containerPort`, although the pod has the network of its node';
      return [{ pointer: [...pointer, 'hostPort'], fact, mend: 'Take `hostPort` out.' }];
    }),
  );
}

function tolerationRefusals({ pointer, value }: { pointer: Pointer; value: Fields }): Refusal[] {
  const { key, operator } = value;
  if (operator === 'Exists' && knownText(value['value']) !== null && value['value'] !== '') {
    const fact = 'is given with the operator `Exists`, which takes none';
    return [{ pointer: [...pointer, 'value'], fact, mend: 'Remove it, or set `operator: Equal`.' }];
  }
  const isBare = key === undefined || key === null || key === '';
  if (isBare && (operator === undefined || operator === 'Equal')) {
    const fact = 'has no key, which only the operator `Exists` allows';
    return [{ pointer, fact, mend: 'Add `key`, or set `operator: Exists`.', missing: 'key' }];
  }
  if (wholeNumber(value['tolerationSeconds']) === null || value['effect'] === 'NoExecute') return [];
  const fact = 'counts only with the effect `NoExecute`';
  return [
    { pointer: [...pointer, 'tolerationSeconds'], fact, mend: 'Remove it, or set `effect: NoExecute`.' },
  ];
}

function spreadRefusals(spec: Fields, pointer: Pointer): Refusal[] {
  const list = [...pointer, 'topologySpreadConstraints'];
  return itemsOf(spec['topologySpreadConstraints'], list).flatMap((constraint) => [
    ...numberOutside(constraint.value['maxSkew'], [1, Infinity], [...constraint.pointer, 'maxSkew']),
    ...numberOutside(constraint.value['minDomains'], [1, Infinity], [...constraint.pointer, 'minDomains']),
  ]);
}

function affinityRefusals(affinity: unknown, pointer: Pointer): Refusal[] {
  return ['nodeAffinity', 'podAffinity', 'podAntiAffinity'].flatMap((part) => {
    const field = 'preferredDuringSchedulingIgnoredDuringExecution';
    const preferred = itemsOf(valueAt(affinity, [part, field]), [...pointer, part, field]);
    const required = [part, 'requiredDuringSchedulingIgnoredDuringExecution'];
    const terms = itemsOf(valueAt(affinity, [...required, 'nodeSelectorTerms']), [
      ...pointer,
      ...required,
      'nodeSelectorTerms',
    ]);
    return [
      ...preferred.flatMap((one) => numberOutside(one.value['weight'], [1, 100], [...one.pointer, 'weight'])),
      ...terms.flatMap((term) => termRefusals(term.value, term.pointer)),
      ...preferred.flatMap((one) => termRefusals(one.value['preference'], [...one.pointer, 'preference'])),
    ];
  });
}

function dnsRefusals(spec: Fields, pointer: Pointer): Refusal[] {
  if (spec['dnsPolicy'] !== 'None') return [];
  const servers = valueAt(spec, ['dnsConfig', 'nameservers']);
  if (Array.isArray(servers) && servers.length > 0) return [];
  const fact = 'is `None`, and there is no server under `dnsConfig.nameservers`';
  const mend = 'Add one there, or remove `dnsPolicy`.';
  return [{ pointer: [...pointer, 'dnsPolicy'], fact, mend, missing: 'nameservers' }];
}

/** Numbers of users and groups. @param holder a pod spec or a container */
function userRefusals(holder: Fields, pointer: Pointer): Refusal[] {
  return ['runAsUser', 'runAsGroup', 'fsGroup'].flatMap((field) => {
    const place = ['securityContext', field];
    return numberOutside(valueAt(holder, place), [0, 2_147_483_647], [...pointer, ...place]);
  });
}

/** A container that sleeps before it stops is killed when its time is over. */
function sleepRefusals(spec: Fields, lists: readonly { pointer: Pointer; value: Fields }[]): Refusal[] {
  const written = spec['terminationGracePeriodSeconds'];
  const grace = written === undefined || written === null ? 30 : wholeNumber(written);
  return lists.flatMap(({ pointer, value }): Refusal[] => {
    const place = ['lifecycle', 'preStop', 'sleep', 'seconds'];
    const seconds = wholeNumber(valueAt(value, place));
    if (seconds === null || grace === null || seconds <= grace) return [];
    const fact = 'is more than `terminationGracePeriodSeconds`, which is 30 where it is not given';
    const mend = 'Sleep for a shorter time, or raise `terminationGracePeriodSeconds`.';
    const missing = written === undefined ? { missing: 'terminationGracePeriodSeconds' } : {};
    return [{ pointer: [...pointer, ...place], fact, mend, ...missing }];
  });
}

/** Claims of devices, which the pod lists for its containers. */
function claimNameRefusals(spec: Fields, lists: readonly { pointer: Pointer; value: Fields }[]): Refusal[] {
  const names = itemsOf(spec['resourceClaims'], []).map(({ value }) => value['name']);
  return lists.flatMap((container) =>
    itemsOf(valueAt(container.value, ['resources', 'claims']), [
      ...container.pointer,
      'resources',
      'claims',
    ]).flatMap(({ pointer, value }): Refusal[] => {
      const name = knownText(value['name']);
      if (name === null || names.includes(name)) return [];
      const fact = 'is no claim that the pod has under `resourceClaims`';
      return [{ pointer: [...pointer, 'name'], fact, mend: 'Correct the name.', missing: 'resourceClaims' }];
    }),
  );
}

function tokenRefusals(spec: Fields, pointer: Pointer): Refusal[] {
  const place = ['volumes', '*', 'projected', 'sources', '*', 'serviceAccountToken', 'expirationSeconds'];
  return placesOf(spec, place).flatMap((at) =>
    numberOutside(valueAt(spec, at), [600, 2 ** 32], [...pointer, ...at]),
  );
}
