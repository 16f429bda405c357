import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecuritySeccomp = podSecurityRule('seccomp');
