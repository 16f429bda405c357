import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityHostProcess = podSecurityRule('host-process');
