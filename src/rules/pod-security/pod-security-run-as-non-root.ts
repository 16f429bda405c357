import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityRunAsNonRoot = podSecurityRule('run-as-non-root');
