import type { Manifest } from '../../../manifests/manifest.ts';
import { placesOf } from '../../../manifests/pod-places.ts';
import { valueAt } from '../../../manifests/workload.ts';
import { knownText, type Refusal } from './refusal.ts';

/** A text that Argo CD reads, and what it does with another one. */
interface Choice {
  readonly kinds: readonly string[];
  readonly place: string;
  readonly pattern: RegExp;
  readonly fact: string;
  readonly mend: string;
  readonly outcome: string;
}

const APPLICATIONS = ['Application', 'ApplicationSet'];
const DURATION = /^(?:\d+|(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))+)$/;
const NOT_SYNCED = 'Argo CD does not sync the Application.';
/** Finalizers of Argo CD; those of others say nothing of Argo. */
const FINALIZER =
  /^(?:resources-finalizer\.argocd\.argoproj\.io(?:\/(?:foreground|background))?|(?:pre|post)-delete-finalizer\.argocd\.argoproj\.io(?:\/.*)?|(?!.*argo)[^]*|(?!.*finalizer)[^]*)$/;
const NOT_MADE = 'Argo CD makes no Applications of it.';

/** https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml, applicationset.yaml, user-guide/app_deletion/ */
const CHOICES: readonly Choice[] = [
  ...['spec', 'spec.template.spec'].flatMap((spec): Choice[] => [
    ...['duration', 'maxDuration'].map((field) => ({
      kinds: APPLICATIONS,
      place: `${spec}.syncPolicy.retry.backoff.${field}`,
      pattern: DURATION,
      fact: 'is no length of time',
      mend: 'Write such as `5s` or `3m`.',
      outcome: NOT_SYNCED,
    })),
    {
      kinds: APPLICATIONS,
      place: `${spec}.ignoreDifferences.*.jsonPointers.*`,
      pattern: /^\//,
      fact: 'does not begin with a slash, and so means no field',
      mend: 'Begin it with `/`, such as `/spec/replicas`.',
      outcome: 'the difference is not ignored.',
    },
  ]),
  ...['metadata', 'spec.template.metadata'].map((metadata): Choice => ({
    kinds: APPLICATIONS,
    place: `${metadata}.finalizers.*`,
    pattern: FINALIZER,
    fact: 'is no finalizer that Argo CD knows and takes away again',
    mend: 'Write `resources-finalizer.argocd.argoproj.io`, with `/background` or `/foreground` if need be.',
    outcome: 'the Application can never be deleted.',
  })),
  {
    kinds: ['ApplicationSet'],
    place: 'spec.strategy.type',
    pattern: /^(?:AllAtOnce|RollingSync)$/,
    fact: 'is no strategy that Argo CD knows',
    mend: 'Write `RollingSync` or `AllAtOnce`.',
    outcome: 'it changes all Applications at once.',
  },
  {
    kinds: ['ApplicationSet'],
    place: 'spec.goTemplateOptions.*',
    pattern: /^missingkey=(?:default|invalid|zero|error)$/,
    fact: 'is no option of Go templates',
    mend: 'Write `missingkey=error`.',
    outcome: NOT_MADE,
  },
];

/** Null where the object is none of Argo CD. */
export function argoRefusals({ group, kind, value }: Manifest): Refusal[] | null {
  if (group !== 'argoproj.io' || !APPLICATIONS.includes(kind)) return null;
  return CHOICES.filter(({ kinds }) => kinds.includes(kind)).flatMap(
    ({ place, pattern, fact, mend, outcome }) =>
      placesOf(value, place.split('.')).flatMap((pointer) => {
        const text = knownText(valueAt(value, pointer));
        return text === null || text === '' || pattern.test(text) ? [] : [{ pointer, fact, mend, outcome }];
      }),
  );
}
