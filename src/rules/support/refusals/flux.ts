import type { Manifest } from '../../../manifests/manifest.ts';
import { isDnsLabel } from '../../../manifests/names.ts';
import { placesOf } from '../../../manifests/pod-places.ts';
import { valueAt } from '../../../manifests/workload.ts';
import { given, knownText, type Refusal } from './refusal.ts';

/** What a text has to look like, and how to say so. */
interface Form {
  readonly pattern: RegExp;
  readonly fact: string;
  readonly mend: string;
}

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
  'chart.spec.interval',
];
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
    ...(kind === 'HelmRelease' ? releaseRefusals(manifest) : []),
  ];
}

function formRefusals(value: unknown, place: string, { pattern, fact, mend }: Form): Refusal[] {
  return placesOf(value, place.split('.')).flatMap((pointer) => {
    const text = knownText(valueAt(value, pointer));
    return text === null || text === '' || pattern.test(text) ? [] : [{ pointer, fact, mend }];
  });
}

function releaseRefusals({ value }: Manifest): Refusal[] {
  const spec = (value['spec'] ?? {}) as Readonly<Record<string, unknown>>;
  const refusals: Refusal[] = [];
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
