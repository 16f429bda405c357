import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityHostProbes = podSecurityRule('host-probes');
