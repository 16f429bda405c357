import type { Manifest } from '../../../manifests/manifest.ts';
import { formRefusals, type Form } from './form.ts';
import { valueAt } from '../../../manifests/workload.ts';
import type { Refusal } from './refusal.ts';

/** As Go reads it: https://pkg.go.dev/time#ParseDuration */
const LENGTH: Form = {
  pattern: /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/,
  fact: 'is no length of time',
  mend: 'Write such as `30m`, `12h` or `2160h`; days are no unit.',
};
/** https://prometheus.io/docs/prometheus/latest/configuration/configuration/#configuration-file */
const PROMETHEUS_LENGTH: Form = {
  pattern: /^(?:0|(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)$/,
  fact: 'is no length of time that Prometheus reads',
  mend: 'Write such as `30s`, `5m` or `1h30m`.',
};
const NOTHING_ISSUED = 'cert-manager issues nothing.';
const ISSUER: Form = {
  pattern: /^(?:Issuer|ClusterIssuer)$/,
  fact: 'is no kind of issuer that cert-manager has',
  mend: 'Write `Issuer` or `ClusterIssuer`.',
  outcome: NOTHING_ISSUED,
};
/** https://keda.sh/docs/latest/reference/scaledobject-spec/#triggers */
const METRIC: Form = {
  pattern: /^(?:AverageValue|Value|Utilization)$/,
  fact: 'is no kind of metric that KEDA has',
  mend: 'Write `AverageValue`, `Value` or `Utilization`.',
  outcome: 'KEDA does not scale it.',
};

/** Texts of controllers whose published descriptions do not say what they look like. */
const FORMS: Readonly<Record<string, readonly (readonly [place: string, form: Form])[]>> = {
  'cert-manager.io/Certificate': [
    ['spec.duration', LENGTH],
    ['spec.renewBefore', LENGTH],
  ],
  'external-secrets.io/ExternalSecret': [['spec.refreshInterval', LENGTH]],
  'external-secrets.io/ClusterExternalSecret': [
    ['spec.refreshTime', LENGTH],
    ['spec.externalSecretSpec.refreshInterval', LENGTH],
  ],
  'keda.sh/ScaledObject': [['spec.triggers.*.metricType', METRIC]],
  'keda.sh/ScaledJob': [['spec.triggers.*.metricType', METRIC]],
  'monitoring.coreos.com/ServiceMonitor': [
    ['spec.endpoints.*.interval', PROMETHEUS_LENGTH],
    ['spec.endpoints.*.scrapeTimeout', PROMETHEUS_LENGTH],
  ],
  'monitoring.coreos.com/PodMonitor': [
    ['spec.podMetricsEndpoints.*.interval', PROMETHEUS_LENGTH],
    ['spec.podMetricsEndpoints.*.scrapeTimeout', PROMETHEUS_LENGTH],
  ],
  'monitoring.coreos.com/PrometheusRule': [
    ['spec.groups.*.interval', PROMETHEUS_LENGTH],
    ['spec.groups.*.rules.*.for', PROMETHEUS_LENGTH],
    ['spec.groups.*.rules.*.keep_firing_for', PROMETHEUS_LENGTH],
  ],
  'monitoring.coreos.com/Prometheus': [
    'scrapeInterval',
    'scrapeTimeout',
    'evaluationInterval',
    'retention',
  ].map((field) => [`spec.${field}`, PROMETHEUS_LENGTH] as const),
};

/** Issuers of other projects have kinds of their own, and a group that says so. */
const ISSUED: Readonly<Record<string, string>> = {
  'cert-manager.io/Certificate': 'spec.issuerRef',
  'cert-manager.io/CertificateRequest': 'spec.issuerRef',
};

/** @param key `group/Kind` */
export function controllerRefusals(key: string, { value }: Manifest): Refusal[] {
  const forms = Object.hasOwn(FORMS, key) ? (FORMS[key] ?? []) : [];
  const issuer = Object.hasOwn(ISSUED, key) ? ISSUED[key] : undefined;
  return [
    ...forms.flatMap(([place, form]) => formRefusals(value, place, form)),
    ...(issuer !== undefined && isOwnGroup(valueAt(value, [...issuer.split('.'), 'group']))
      ? formRefusals(value, `${issuer}.kind`, ISSUER)
      : []),
  ];
}

function isOwnGroup(group: unknown): boolean {
  return group === undefined || group === null || group === '' || group === 'cert-manager.io';
}
