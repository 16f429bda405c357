import type { CodeRule } from '../../engine/rule.ts';
import { namespaceRefusesItsPods } from './namespace-refuses-its-pods.ts';
import { noPrivilegedContainer } from './no-privileged-container.ts';
import { podSecurityAppArmor } from './pod-security-app-armor.ts';
import { podSecurityCapabilities } from './pod-security-capabilities.ts';
import { podSecurityCapabilitiesRestricted } from './pod-security-capabilities-restricted.ts';
import { podSecurityHostNamespaces } from './pod-security-host-namespaces.ts';
import { podSecurityHostPathVolumes } from './pod-security-host-path-volumes.ts';
import { podSecurityHostPorts } from './pod-security-host-ports.ts';
import { podSecurityHostProbes } from './pod-security-host-probes.ts';
import { podSecurityHostProcess } from './pod-security-host-process.ts';
import { podSecurityPrivilegeEscalation } from './pod-security-privilege-escalation.ts';
import { podSecurityPrivileged } from './pod-security-privileged.ts';
import { podSecurityProcMount } from './pod-security-proc-mount.ts';
import { podSecurityProcMountRestricted } from './pod-security-proc-mount-restricted.ts';
import { podSecurityRunAsNonRoot } from './pod-security-run-as-non-root.ts';
import { podSecurityRunAsUser } from './pod-security-run-as-user.ts';
import { podSecuritySeccomp } from './pod-security-seccomp.ts';
import { podSecuritySeccompRestricted } from './pod-security-seccomp-restricted.ts';
import { podSecuritySelinux } from './pod-security-selinux.ts';
import { podSecuritySysctls } from './pod-security-sysctls.ts';
import { podSecurityVolumeTypes } from './pod-security-volume-types.ts';

export const POD_SECURITY_RULES: Readonly<Record<string, CodeRule>> = {
  'namespace-refuses-its-pods': namespaceRefusesItsPods,
  'no-privileged-container': noPrivilegedContainer,
  'pod-security-app-armor': podSecurityAppArmor,
  'pod-security-capabilities': podSecurityCapabilities,
  'pod-security-capabilities-restricted': podSecurityCapabilitiesRestricted,
  'pod-security-host-namespaces': podSecurityHostNamespaces,
  'pod-security-host-path-volumes': podSecurityHostPathVolumes,
  'pod-security-host-ports': podSecurityHostPorts,
  'pod-security-host-probes': podSecurityHostProbes,
  'pod-security-host-process': podSecurityHostProcess,
  'pod-security-privilege-escalation': podSecurityPrivilegeEscalation,
  'pod-security-privileged': podSecurityPrivileged,
  'pod-security-proc-mount': podSecurityProcMount,
  'pod-security-proc-mount-restricted': podSecurityProcMountRestricted,
  'pod-security-run-as-non-root': podSecurityRunAsNonRoot,
  'pod-security-run-as-user': podSecurityRunAsUser,
  'pod-security-seccomp': podSecuritySeccomp,
  'pod-security-seccomp-restricted': podSecuritySeccompRestricted,
  'pod-security-selinux': podSecuritySelinux,
  'pod-security-sysctls': podSecuritySysctls,
  'pod-security-volume-types': podSecurityVolumeTypes,
};
