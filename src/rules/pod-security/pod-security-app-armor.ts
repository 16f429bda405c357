import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityAppArmor = podSecurityRule('app-armor');
