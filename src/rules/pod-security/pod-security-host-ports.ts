import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityHostPorts = podSecurityRule('host-ports');
