import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecuritySeccompRestricted = podSecurityRule('seccomp-restricted');
