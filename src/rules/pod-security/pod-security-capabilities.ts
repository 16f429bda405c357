import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityCapabilities = podSecurityRule('capabilities');
