import type { Manifest } from '../../../manifests/manifest.ts';
import { isDnsLabel } from '../../../manifests/names.ts';
import { isVersionConstraint } from '../../../manifests/version-constraint.ts';
import { valueAt } from '../../../manifests/workload.ts';
import { formRefusals, type Form } from './form.ts';
import { given, knownText, type Refusal } from './refusal.ts';

const DURATION: Form = {
  pattern: /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/,
  fact: 'is no length of time',
  mend: 'Write such as `30s`, `5m` or `1h30m`.',
};
const urlOf = (...schemes: readonly string[]): Form => ({
  pattern: new RegExp(`^(?:${schemes.join('|')})://.+$`),
  fact: 'is no address of this kind of source',
  mend: `Begin it with ${schemes.map((one) => `\`${one}://\``).join(' or ')}.`,
});

/** https://github.com/fluxcd/flux2/tree/main/manifests/crds: patterns of the definitions. */
const DURATIONS = [
  'interval',
  'timeout',
  'retryInterval',
  'install.timeout',
  'upgrade.timeout',
  'rollback.timeout',
  'uninstall.timeout',
  'test.timeout',
  'chart.spec.interval',
];
const RANGE = {
  fact: 'is no range of versions that can be read',
  mend: 'Write such as `1.2.x`, `^1.2.0` or `>=1.2.0 <2.0.0`.',
};
/** Where a range of versions stands, and what it leads to when it cannot be read. */
const RANGES: Readonly<Record<string, readonly [place: string, outcome: string]>> = {
  GitRepository: ['spec.ref.semver', 'Flux finds no tag and applies nothing new.'],
  OCIRepository: ['spec.ref.semver', 'Flux finds no tag and applies nothing new.'],
  ImagePolicy: ['spec.policy.semver.range', 'no image is ever picked.'],
};
const URLS: Readonly<Record<string, Form>> = {
  GitRepository: urlOf('https?', 'ssh'),
  HelmRepository: urlOf('https?', 'oci'),
  OCIRepository: urlOf('oci'),
};
const GROUP = /^(?:source|kustomize|helm|image|notification)\.toolkit\.fluxcd\.io$/;

/** Null where the object is none of Flux. */
export function fluxRefusals(manifest: Manifest): Refusal[] | null {
  const { group, kind, value } = manifest;
  if (!GROUP.test(group)) return null;
  const url = Object.hasOwn(URLS, kind) ? URLS[kind] : undefined;
  return [
    ...DURATIONS.flatMap((field) => formRefusals(value, `spec.${field}`, DURATION)),
    ...(url === undefined ? [] : formRefusals(value, 'spec.url', url)),
    ...rangeRefusals(value, Object.hasOwn(RANGES, kind) ? RANGES[kind] : undefined),
    ...(kind === 'HelmRelease' ? releaseRefusals(manifest) : []),
  ];
}

function rangeRefusals(value: unknown, range: (typeof RANGES)[string] | undefined): Refusal[] {
  if (range === undefined) return [];
  const [place, outcome] = range;
  const pointer = place.split('.');
  const text = knownText(valueAt(value, pointer));
  return text === null || text === '' || isVersionConstraint(text) ? [] : [{ pointer, ...RANGE, outcome }];
}

/** Of a chart in a Git repository or a bucket Flux ignores the version. */
function chartRefusals(value: unknown): Refusal[] {
  const source = valueAt(value, ['spec', 'chart', 'spec', 'sourceRef', 'kind']);
  const range = [
    'spec.chart.spec.version',
    'Flux finds no version of the chart and installs nothing.',
  ] as const;
  return source === 'HelmRepository' ? rangeRefusals(value, range) : [];
}

function releaseRefusals({ value }: Manifest): Refusal[] {
  const spec = (value['spec'] ?? {}) as Readonly<Record<string, unknown>>;
  const refusals: Refusal[] = chartRefusals(value);
  const name = knownText(spec['releaseName']);
  if (name !== null && name !== '' && (!name.split('.').every(isDnsLabel) || name.length > 53)) {
    const mend = 'Use at most 53 lower case letters, digits and `-`.';
    const fact = 'is no name that a release may have';
    refusals.push({ pointer: ['spec', 'releaseName'], fact, mend, outcome: 'Helm installs nothing.' });
  }
  if (given(spec, ['chart', 'chartRef']).length === 2) {
    const fact = 'stands beside `chart`, and only one of the two may be given';
    refusals.push({ pointer: ['spec', 'chartRef'], atKey: true, fact, mend: 'Take one of them out.' });
  }
  return refusals;
}
