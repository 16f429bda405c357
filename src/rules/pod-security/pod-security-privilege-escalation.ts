import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityPrivilegeEscalation = podSecurityRule('privilege-escalation');
