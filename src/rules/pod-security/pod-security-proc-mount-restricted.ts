import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityProcMountRestricted = podSecurityRule('proc-mount-restricted');
