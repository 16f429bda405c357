import type { CodeRule } from '../../engine/rule.ts';
import { ingressNamesHost } from './ingress-names-host.ts';
import { ingressTls } from './ingress-tls.ts';
import { loadBalancerSourceRanges } from './load-balancer-source-ranges.ts';
import { networkPolicyDefaultDeny } from './network-policy-default-deny.ts';
import { networkPolicyForWorkload } from './network-policy-for-workload.ts';
import { noOpenEgress } from './no-open-egress.ts';
import { noOpenIngress } from './no-open-ingress.ts';
import { routeBackendMissing } from './route-backend-missing.ts';
import { selectedPortExists } from './selected-port-exists.ts';
import { serviceSelectsPods } from './service-selects-pods.ts';
import { uniqueIngressHost } from './unique-ingress-host.ts';

export const NETWORK_RULES: Readonly<Record<string, CodeRule>> = {
  'ingress-names-host': ingressNamesHost,
  'ingress-tls': ingressTls,
  'load-balancer-source-ranges': loadBalancerSourceRanges,
  'network-policy-default-deny': networkPolicyDefaultDeny,
  'network-policy-for-workload': networkPolicyForWorkload,
  'no-open-egress': noOpenEgress,
  'no-open-ingress': noOpenIngress,
  'route-backend-missing': routeBackendMissing,
  'selected-port-exists': selectedPortExists,
  'service-selects-pods': serviceSelectsPods,
  'unique-ingress-host': uniqueIngressHost,
};
