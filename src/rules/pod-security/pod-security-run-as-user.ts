import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityRunAsUser = podSecurityRule('run-as-user');
