import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityPrivileged = podSecurityRule('privileged');
