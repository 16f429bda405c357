import { nearestName } from '../engine/document-schema.ts';
import type { ManifestRule, Problem } from '../engine/rule.ts';
import {
  apiVersionsWith,
  isBuiltInGroup,
  kindsServedIn,
  KNOWN_MINORS,
  schemaOf,
  servedBy,
  type Target,
} from '../manifests/kubernetes/catalogue.ts';
import { retiredApi } from '../manifests/kubernetes/removed-apis.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { nameTargets, targetsFor } from './support/kubernetes-targets.ts';
import { replaceInLine } from './support/line-edit.ts';

const REMOVED =
  '{kind} `{name}` uses `{apiVersion}`, which Kubernetes does not serve since {since}: the server answers that it knows ' +
  'no such kind.';
const REMOVED_IN_TARGET =
  '{kind} `{name}` uses `{apiVersion}`, which {where} does not serve: the server answers that it knows no such kind.';
const NOT_YET =
  '{kind} `{name}` uses `{apiVersion}`, which is served from Kubernetes {since} on and not by {where}: the server ' +
  'answers that it knows no such kind.';
const UNKNOWN =
  '`{apiVersion}` has no kind `{kind}` in Kubernetes. The server answers that it knows no such kind, and deploys nothing ' +
  'of it.';
const USE = 'Use `{replacement}`.';
const USE_AND_ADAPT =
  'Use `{replacement}`, and adapt the fields that changed: `kubectl convert -f {path} --output-version {replacement}`.';
const NO_REPLACEMENT = 'There is no replacement under this name: remove it.';
const MEANT_KIND = 'Did you mean the kind `{near}`?';
const MEANT_VERSION = 'The kind is served as {elsewhere}: correct `apiVersion`.';
const CORRECT = 'Correct `apiVersion` or `kind`.';
const LATER = 'Deploy it when the cluster has been updated.';

export const knownApiVersion: ManifestRule = {
  scope: 'manifest',
  judge(manifest, context) {
    const { apiVersion, kind } = manifest;
    if (!isBuiltInGroup(manifest.group) || kind === 'List' || context.file?.template === true) return [];
    const retired = retiredApi(apiVersion, kind);
    const minors = servedBy(apiVersion, kind);
    const targets = targetsFor(manifest, context.policy).filter(
      (target) => schemaOf(apiVersion, kind, target) === null,
    );
    if (targets.length === 0) return [];
    const where = nameTargets(targets);
    const values = { apiVersion, where };
    if (retired !== null) {
      const { removedIn, replacement, renamed } = retired;
      return [
        problem(manifest, {
          message: minors.length === 0 ? REMOVED : REMOVED_IN_TARGET,
          remediation: replacement === null ? NO_REPLACEMENT : renamed ? USE : USE_AND_ADAPT,
          values: { ...values, since: removedIn, replacement: replacement ?? '' },
          ...(renamed && replacement !== null
            ? replaceInLine(manifest, context, ['apiVersion'], apiVersion, replacement)
            : {}),
        }),
      ];
    }
    const [oldest] = minors;
    if (oldest === undefined) return [unknown(manifest, values)];
    const later = targets.every((target) => isBefore(target, oldest));
    return [
      problem(manifest, {
        message: later ? NOT_YET : REMOVED_IN_TARGET,
        remediation: later ? LATER : CORRECT,
        values: { ...values, since: oldest },
      }),
    ];
  },
};

function problem(manifest: Manifest, parts: Omit<Problem, 'pointer' | 'judged'>): Problem {
  return { pointer: ['apiVersion'], judged: [manifest.apiVersion, manifest.kind], ...parts };
}

/** Neither served by a known minor nor by an older one. */
function unknown(manifest: Manifest, values: Readonly<Record<string, string>>): Problem {
  const near = nearestName(manifest.kind, kindsServedIn(manifest.apiVersion));
  const elsewhere = apiVersionsWith(manifest.kind);
  return problem(manifest, {
    message: UNKNOWN,
    remediation: near !== null ? MEANT_KIND : elsewhere.length > 0 ? MEANT_VERSION : CORRECT,
    values: { ...values, near: near ?? '', elsewhere: elsewhere.join(' or ') },
  });
}

function isBefore({ minor }: Target, oldest: string): boolean {
  const number = (text: string): number => Number(text.split('.')[1]);
  return minor !== '' && number(minor) < number(oldest) && number(oldest) > number(KNOWN_MINORS[0] ?? '');
}
