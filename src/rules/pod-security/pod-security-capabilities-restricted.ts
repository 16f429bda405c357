import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityCapabilitiesRestricted = podSecurityRule('capabilities-restricted');
