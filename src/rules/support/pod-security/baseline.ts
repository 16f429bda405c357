import { isPlaceholder } from '../../../manifests/placeholder.ts';
import { isRecord } from '../../../manifests/manifest.ts';
import { valueAt, type PodSpec } from '../../../manifests/workload.ts';
import { DEFAULT_CAPABILITIES, isAllowedSysctl } from './allowed.ts';
import {
  containerSettings,
  hasUserNamespace,
  itemsAt,
  numberOf,
  ownerOf,
  settingsOf,
  type Control,
  type Violation,
} from './control.ts';

const HOST_NAMESPACES: Readonly<Record<string, string>> = {
  hostNetwork: 'It can listen to the traffic of its node, and reaches what listens on localhost there.',
  hostPID:
    'It sees every process of its node, with its arguments and environment, and can end those of its user.',
  hostIPC: 'It can read and write the shared memory of the processes of its node.',
};
const APP_ARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';
const SECCOMP_POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_ANNOTATION = 'container.seccomp.security.alpha.kubernetes.io/';
const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
/** Handlers whose `host` field sends a request of the kubelet somewhere else. */
const HANDLERS = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
];

/** The controls of the level `baseline`. */
export const BASELINE = {
  'host-process': {
    level: 'baseline',
    check: (pod) =>
      settingsOf(pod, ['windowsOptions', 'hostProcess'])
        .filter(({ value }) => value === true)
        .map((setting) => ({
          pointer: setting.pointer,
          judged: true,
          message: `${ownerOf(setting)} runs as a HostProcess, which is a process of its Windows node and not in a container at all.`,
        })),
  },
  'host-namespaces': {
    level: 'baseline',
    check: (pod) =>
      Object.entries(HOST_NAMESPACES).flatMap(([field, why]) =>
        pod.value[field] === true
          ? [
              {
                pointer: pod.pointerTo([field]),
                judged: true,
                message: `The pod of {kind} \`{name}\` sets \`{key}\`. ${why}`,
              },
            ]
          : [],
      ),
  },
  privileged: {
    level: 'baseline',
    check: (pod) =>
      containerSettings(pod, ['privileged'])
        .filter(({ value }) => value === true)
        .map(({ pointer }) => ({ pointer, judged: true })),
  },
  capabilities: {
    level: 'baseline',
    check: (pod) => addedCapabilities(pod, (name) => DEFAULT_CAPABILITIES.has(name)),
  },
  'host-path-volumes': {
    level: 'baseline',
    check: (pod) =>
      itemsAt(pod.value, ['volumes']).flatMap(([index, volume]) => {
        const hostPath = isRecord(volume) ? volume['hostPath'] : undefined;
        if (hostPath === undefined || hostPath === null) return [];
        const pointer = pod.pointerTo(['volumes', index, 'hostPath']);
        return [{ pointer, judged: hostPath, values: { volume: volumeName(volume) } }];
      }),
  },
  'host-ports': {
    level: 'baseline',
    check: (pod) =>
      pod.containers.flatMap((container) =>
        itemsAt(container.value, ['ports']).flatMap(([index, port]) => {
          const hostPort = isRecord(port) ? numberOf(port['hostPort']) : null;
          if (hostPort === null || hostPort === 0) return [];
          const pointer = [...container.pointer, 'ports', index, 'hostPort'];
          return [{ pointer, judged: hostPort, values: { port: String(hostPort) } }];
        }),
      ),
  },
  'host-probes': { level: 'baseline', check: (pod, minor) => (minor < 34 ? [] : handlerHosts(pod)) },
  'app-armor': {
    level: 'baseline',
    check: (pod) => [
      ...settingsOf(pod, ['appArmorProfile', 'type'])
        .filter(({ value }) => isText(value) && value !== 'RuntimeDefault' && value !== 'Localhost')
        .map((setting) => ({
          pointer: setting.pointer,
          judged: setting.value,
          message: `${ownerOf(setting)} switches AppArmor off, which keeps programs from what containers never need.`,
        })),
      ...annotationViolations(pod, (key, value) => {
        if (!key.startsWith(APP_ARMOR_ANNOTATION)) return false;
        return value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/');
      }),
    ],
  },
  selinux: { level: 'baseline', check: selinuxViolations },
  'proc-mount': {
    level: 'baseline',
    check: (pod, minor) => (minor >= 35 && hasUserNamespace(pod) ? [] : unmaskedProc(pod)),
  },
  seccomp: {
    level: 'baseline',
    check: (pod, minor) => (minor < 19 ? seccompAnnotations(pod) : badSeccompProfiles(pod)),
  },
  sysctls: {
    level: 'baseline',
    check: (pod, minor) =>
      itemsAt(pod.value, ['securityContext', 'sysctls']).flatMap(([index, sysctl]) => {
        const name = isRecord(sysctl) ? sysctl['name'] : undefined;
        if (!isText(name) || isAllowedSysctl(name, minor)) return [];
        const pointer = pod.pointerTo(['securityContext', 'sysctls', index, 'name']);
        return [{ pointer, judged: name, values: { sysctl: name } }];
      }),
  },
} as const satisfies Readonly<Record<string, Control>>;

/** One finding a container: what it adds beyond what is allowed. */
export function addedCapabilities(pod: PodSpec, isAllowed: (name: string) => boolean): Violation[] {
  return pod.containers.flatMap((container) => {
    const added = itemsAt(container.value, ['securityContext', 'capabilities', 'add']);
    const bad = added.filter(([, name]) => isText(name) && !isAllowed(name));
    const [first] = bad;
    if (first === undefined) return [];
    const names = bad.map(([, name]) => String(name));
    return [
      {
        pointer: [...container.pointer, 'securityContext', 'capabilities', 'add', first[0]],
        judged: names,
        values: { capabilities: names.join(', ') },
      },
    ];
  });
}

export function unmaskedProc(pod: PodSpec): Violation[] {
  return containerSettings(pod, ['procMount'])
    .filter(({ value }) => isText(value) && value !== 'Default')
    .map(({ pointer, value }) => ({ pointer, judged: value }));
}

export function badSeccompProfiles(pod: PodSpec): Violation[] {
  return settingsOf(pod, ['seccompProfile', 'type'])
    .filter(({ value }) => isText(value) && value !== 'RuntimeDefault' && value !== 'Localhost')
    .map((setting) => ({
      pointer: setting.pointer,
      judged: setting.value,
      message: `${ownerOf(setting)} switches seccomp off, so every system call of the kernel is open to an attacker in it.`,
    }));
}

/** The name of a volume for a message. */
export function volumeName(volume: unknown): string {
  const name = isRecord(volume) ? volume['name'] : undefined;
  return typeof name === 'string' ? name : '(unnamed)';
}

/** A text that nothing fills in later. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !isPlaceholder(value);
}

function handlerHosts(pod: PodSpec): Violation[] {
  return pod.containers.flatMap((container) =>
    HANDLERS.flatMap((handler) =>
      ['httpGet', 'tcpSocket'].flatMap((action) => {
        const inner = [...handler, action, 'host'];
        const host = valueAt(container.value, inner);
        if (!isText(host) || host === '') return [];
        return [
          {
            pointer: [...container.pointer, ...inner],
            judged: host,
            values: { handler: handler.at(-1) ?? '' },
          },
        ];
      }),
    ),
  );
}

function selinuxViolations(pod: PodSpec, minor: number): Violation[] {
  const types = minor < 31 ? SELINUX_TYPES : [...SELINUX_TYPES, 'container_engine_t'];
  return ['type', 'user', 'role'].flatMap((key) =>
    settingsOf(pod, ['seLinuxOptions', key])
      .filter(({ value }) => isText(value) && (key === 'type' ? !types.includes(value) : value !== ''))
      .map((setting) => ({
        pointer: setting.pointer,
        judged: setting.value,
        message: `${ownerOf(setting)} sets the SELinux {key} itself. With a wider one it leaves the confinement that SELinux gives containers.`,
      })),
  );
}

function seccompAnnotations(pod: PodSpec): Violation[] {
  const names = new Set(pod.containers.map(({ name }) => `${SECCOMP_ANNOTATION}${name ?? ''}`));
  return annotationViolations(pod, (key, value) => {
    if (key !== SECCOMP_POD_ANNOTATION && !names.has(key)) return false;
    return value !== 'runtime/default' && value !== 'docker/default' && !value.startsWith('localhost/');
  });
}

function annotationViolations(pod: PodSpec, isBad: (key: string, value: string) => boolean): Violation[] {
  const { annotations, pointer } = pod.metadata;
  return Object.entries(annotations).flatMap(([key, value]) =>
    isText(value) && isBad(key, value)
      ? [
          {
            pointer: [...pointer, 'annotations', key],
            judged: value,
            message:
              'The annotation `{key}` of {kind} `{name}` takes a profile away that confines a container.',
            remediation: 'Remove the annotation.',
          },
        ]
      : [],
  );
}
