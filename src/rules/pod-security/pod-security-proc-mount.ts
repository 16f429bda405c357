import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityProcMount = podSecurityRule('proc-mount');
