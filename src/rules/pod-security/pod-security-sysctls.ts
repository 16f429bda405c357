import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecuritySysctls = podSecurityRule('sysctls');
