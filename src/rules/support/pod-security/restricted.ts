import { isRecord } from '../../../manifests/manifest.ts';
import { valueAt, type Container, type PodSpec } from '../../../manifests/workload.ts';
import { addedCapabilities, badSeccompProfiles, unmaskedProc, volumeName } from './baseline.ts';
import {
  hasUserNamespace,
  isContextUnknown,
  isWindows,
  itemsAt,
  namesOf,
  numberOf,
  ownerOf,
  settingsOf,
  type Control,
  type Violation,
} from './control.ts';

const VOLUME_TYPES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const NO_DROP =
  'Container `{container}` of {kind} `{name}` keeps capabilities of root that it may not need, because it does not drop `ALL`.';
const DROP = 'Add `drop: [ALL]` under `securityContext.capabilities`, and add back what it does need.';

/** The controls of the level `restricted`, beside those of `baseline`. */
export const RESTRICTED = {
  'volume-types': {
    level: 'restricted',
    check: (pod) =>
      itemsAt(pod.value, ['volumes']).flatMap(([index, volume]) => {
        const type = forbiddenType(volume);
        if (type === null || !isRecord(volume)) return [];
        const pointer = pod.pointerTo(['volumes', index, type]);
        return [{ pointer, judged: volume[type], values: { volume: volumeName(volume), type } }];
      }),
  },
  'privilege-escalation': {
    level: 'restricted',
    check: (pod, minor) =>
      minor < 8 || (minor >= 25 && isWindows(pod)) ? [] : pod.containers.flatMap(escalation),
  },
  'run-as-non-root': {
    level: 'restricted',
    check: (pod, minor) => (minor >= 35 && hasUserNamespace(pod) ? [] : mayRunAsRoot(pod)),
  },
  'run-as-user': {
    level: 'restricted',
    check: (pod, minor) =>
      minor < 23 || (minor >= 35 && hasUserNamespace(pod))
        ? []
        : settingsOf(pod, ['runAsUser'])
            .filter(({ value }) => numberOf(value) === 0)
            .map((setting) => ({
              pointer: setting.pointer,
              judged: 0,
              message: `${ownerOf(setting)} runs as user 0, which is root.`,
            })),
  },
  'seccomp-restricted': {
    level: 'restricted',
    check: (pod, minor) => (minor < 19 || (minor >= 25 && isWindows(pod)) ? [] : withoutSeccomp(pod)),
  },
  'capabilities-restricted': {
    level: 'restricted',
    check: (pod, minor) =>
      minor < 22 || (minor >= 25 && isWindows(pod))
        ? []
        : [
            ...addedCapabilities(pod, (name) => name === 'NET_BIND_SERVICE'),
            ...pod.containers.flatMap(notDropped),
          ],
  },
  'proc-mount-restricted': {
    level: 'restricted',
    check: (pod, minor) => (minor < 35 ? [] : unmaskedProc(pod)),
  },
} as const satisfies Readonly<Record<string, Control>>;

/** The source of a volume that is not allowed; null when it has an allowed one, or none, which means `emptyDir`. */
function forbiddenType(volume: unknown): string | null {
  if (!isRecord(volume)) return null;
  const types = Object.keys(volume).filter((key) => isRecord(volume[key]));
  return types.some((type) => VOLUME_TYPES.has(type)) ? null : (types[0] ?? null);
}

function escalation(container: Container): Violation[] {
  const inner = ['securityContext', 'allowPrivilegeEscalation'];
  const value = valueAt(container.value, inner);
  const pointer = [...container.pointer, ...inner];
  if (value === true) return [{ pointer, judged: true }];
  if (value !== undefined && value !== null) return [];
  return isContextUnknown(container.value) ? [] : [{ pointer, judged: null, missing: true }];
}

function mayRunAsRoot(pod: PodSpec): Violation[] {
  const inner = ['securityContext', 'runAsNonRoot'];
  const set = settingsOf(pod, ['runAsNonRoot']);
  const refused = set
    .filter(({ value }) => value === false)
    .map((setting) => ({
      pointer: setting.pointer,
      judged: false,
      message: `${ownerOf(setting)} allows to run as root with \`runAsNonRoot: false\`.`,
    }));
  const unset = containersWithout(pod, inner);
  if (unset.length === 0) return refused;
  return [
    ...refused,
    { pointer: pod.pointerTo(inner), judged: null, values: { containers: namesOf(unset) }, missing: true },
  ];
}

function withoutSeccomp(pod: PodSpec): Violation[] {
  const inner = ['securityContext', 'seccompProfile', 'type'];
  const unset = containersWithout(pod, inner);
  const values = { containers: namesOf(unset) };
  const missing: Violation = { pointer: pod.pointerTo(inner), judged: null, values, missing: true };
  return unset.length === 0 ? badSeccompProfiles(pod) : [...badSeccompProfiles(pod), missing];
}

/** Containers that say nothing themselves, when the pod says nothing for all of them either. */
function containersWithout(pod: PodSpec, inner: readonly string[]): readonly Container[] {
  const says = (holder: Readonly<Record<string, unknown>>): boolean =>
    isContextUnknown(holder) || (valueAt(holder, inner) ?? null) !== null;
  return says(pod.value) ? [] : pod.containers.filter(({ value }) => !says(value));
}

function notDropped(container: Container): Violation[] {
  const inner = ['securityContext', 'capabilities', 'drop'];
  if (isContextUnknown(container.value)) return [];
  const dropped = valueAt(container.value, inner);
  if (typeof dropped === 'string') return [];
  if (itemsAt(container.value, inner).some(([, name]) => name === 'ALL')) return [];
  const pointer = [...container.pointer, ...inner];
  return [{ pointer, judged: dropped ?? null, message: NO_DROP, remediation: DROP, missing: true }];
}
