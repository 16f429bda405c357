import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecuritySelinux = podSecurityRule('selinux');
