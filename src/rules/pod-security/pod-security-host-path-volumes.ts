import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityHostPathVolumes = podSecurityRule('host-path-volumes');
