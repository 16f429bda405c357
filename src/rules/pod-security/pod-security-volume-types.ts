import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityVolumeTypes = podSecurityRule('volume-types');
