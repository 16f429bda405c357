import { podSecurityRule } from '../support/pod-security/rule.ts';

export const podSecurityHostNamespaces = podSecurityRule('host-namespaces');
