import { editDistance, nearestName } from '../../engine/document-schema.ts';
import type { ManifestRule, Problem, RuleContext } from '../../engine/rule.ts';
import {
  apiVersionsPublishedWith,
  publishedKindsIn,
  publishedVersions,
} from '../../manifests/custom-resources/published.ts';
import { retiredVersion } from '../../manifests/custom-resources/retired-versions.ts';
import {
  apiVersionsWith,
  isBuiltInGroup,
  kindsServedIn,
  KNOWN_MINORS,
  schemaOf,
  servedBy,
  type Target,
} from '../../manifests/kubernetes/catalogue.ts';
import { retiredApi } from '../../manifests/kubernetes/removed-apis.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { replaced, versionProblem } from '../support/api-version.ts';
import { customTypesOf, DEFINITION_KINDS } from '../support/custom-types.ts';
import { nameTargets, targetsFor } from '../support/kubernetes-targets.ts';

const REMOVED =
  '{kind} `{name}` uses `{apiVersion}`, which Kubernetes does not serve since {since}: the server answers that it knows ' +
  'no such kind.';
const REMOVED_IN_TARGET =
  '{kind} `{name}` uses `{apiVersion}`, which is not served by {where}: the server answers that it knows no such kind.';
const REMOVED_BY_PROJECT =
  '{kind} `{name}` uses `{apiVersion}`, which {project} does not serve any more: the server answers that it knows no ' +
  'such kind.';
const NOT_YET =
  '{kind} `{name}` uses `{apiVersion}`, which is served from Kubernetes {since} on and not by {where}: the server ' +
  'answers that it knows no such kind.';
const UNKNOWN =
  '`{apiVersion}` has no kind `{kind}` in Kubernetes. The server answers that it knows no such kind, and deploys nothing ' +
  'of it.';
const OTHER_GROUP =
  'The API group of `{apiVersion}` has no kind `{kind}` that is known, and `{near}` has it: the server answers that it knows no such kind.';
const NOT_SERVED =
  '{kind} `{name}` uses `{apiVersion}`, which its definition in `{definition}` does not serve: the server answers that ' +
  'it knows no such kind.';
const NOT_PUBLISHED =
  '{kind} `{name}` uses `{apiVersion}`, which the published descriptions of {project} do not have. A cluster without ' +
  'that version answers that it knows no such kind.';
const KIND_NOT_PUBLISHED =
  '`{apiVersion}` has no kind `{kind}` that is known. A cluster without it deploys nothing of it.';
const MEANT_KIND = 'Did you mean the kind `{near}`?';
const MEANT_VERSION = 'The kind is served as {elsewhere}: correct `apiVersion`.';
const CORRECT = 'Correct `apiVersion` or `kind`.';
const LATER = 'Deploy it when the cluster has been updated.';
const SERVED_AS = 'Served there: {elsewhere}.';

export const knownApiVersion: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  kinds: DEFINITION_KINDS,
  judge(manifest, context) {
    if (manifest.kind === 'List' || context.file?.template === true || isConfiguration(manifest)) return [];
    return isBuiltInGroup(manifest.group) ? judgeBuiltIn(manifest, context) : judgeCustom(manifest, context);
  },
};

/** What configures `kubectl` or kustomize's own plugins looks like an object of the core group. */
function isConfiguration({ apiVersion, kind, value }: Manifest): boolean {
  if (apiVersion === 'builtin') return true;
  return (
    apiVersion === 'v1' && kind === 'Config' && ['clusters', 'contexts', 'users'].some((key) => key in value)
  );
}

function judgeBuiltIn(manifest: Manifest, context: RuleContext): Problem[] {
  const { apiVersion, kind } = manifest;
  const targets = targetsFor(manifest, context.policy).filter(
    (target) => schemaOf(apiVersion, kind, target) === null,
  );
  if (targets.length === 0) return [];
  const minors = servedBy(apiVersion, kind);
  const [oldest] = minors;
  const where = nameTargets(targets);
  if (oldest !== undefined && targets.every((target) => isBefore(target, oldest))) {
    const values = { where, since: oldest };
    return [versionProblem(manifest, { message: NOT_YET, remediation: LATER, values })];
  }
  const retired = retiredApi(apiVersion, kind);
  if (retired !== null) {
    const message = minors.length === 0 ? REMOVED : REMOVED_IN_TARGET;
    return [replaced(manifest, context, retired, { message, values: { where, since: retired.removedIn } })];
  }
  if (oldest === undefined) return [unknown(manifest)];
  return [versionProblem(manifest, { message: REMOVED_IN_TARGET, remediation: CORRECT, values: { where } })];
}

/** Neither served by a known minor nor by an older one. */
function unknown(manifest: Manifest): Problem {
  const near = nearestName(manifest.kind, kindsServedIn(manifest.apiVersion));
  const elsewhere = apiVersionsWith(manifest.kind);
  return versionProblem(manifest, {
    message: UNKNOWN,
    remediation: near !== null ? MEANT_KIND : elsewhere.length > 0 ? MEANT_VERSION : CORRECT,
    values: { near: near ?? '', elsewhere: elsewhere.join(' or ') },
  });
}

function isBefore({ minor }: Target, oldest: string): boolean {
  const number = (text: string): number => Number(text.split('.')[1]);
  return minor !== '' && number(minor) < number(oldest) && number(oldest) > number(KNOWN_MINORS[0] ?? '');
}

/** The definition in the repository decides; without one, what is published of the kind. */
function judgeCustom(manifest: Manifest, context: RuleContext): Problem[] {
  const types = customTypesOf(context.objects);
  const [nearest] = types.definitionsOf(manifest);
  if (nearest !== undefined) {
    if (types.servedFor(manifest).length > 0) return [];
    const served = nearest.versions.filter((version) => version.served);
    return [
      versionProblem(manifest, {
        message: NOT_SERVED,
        remediation: served.length > 0 ? SERVED_AS : CORRECT,
        values: {
          definition: nearest.path,
          elsewhere: served.map(({ name }) => `${nearest.group}/${name}`).join(', '),
        },
      }),
    ];
  }
  const retired = retiredVersion(manifest.apiVersion, manifest.kind);
  if (retired !== null) {
    return retired.removed ? [replaced(manifest, context, retired, { message: REMOVED_BY_PROJECT })] : [];
  }
  const meant = groupMeant(manifest);
  return meant === null ? judgePublished(manifest) : [otherGroup(manifest, meant)];
}

/** The version that was meant by a group that no definition can have, or that is a slip away from the kind's. */
function groupMeant({ group, kind }: Manifest): string | null {
  const builtIn = apiVersionsWith(kind);
  // Custom kinds belong to a domain, and domains have dots.
  if (!group.includes('.')) return builtIn[0] ?? null;
  if (publishedVersions(group, kind) !== null || /(?:^|\.)x-/.test(group)) return null;
  const isNear = (version: string): boolean => editDistance(version.split('/', 1)[0] ?? '', group, 3) < 3;
  return [...builtIn, ...apiVersionsPublishedWith(kind)].find(isNear) ?? null;
}

function otherGroup(manifest: Manifest, meant: string): Problem {
  return versionProblem(manifest, {
    message: OTHER_GROUP,
    remediation: 'Did you mean `{near}`?',
    values: { near: meant },
  });
}

/** Later releases may have more than is published here, so this only warns. */
function judgePublished(manifest: Manifest): Problem[] {
  const { group, kind, version } = manifest;
  const known = publishedVersions(group, kind);
  if (known !== null) {
    if (known.versions.includes(version)) return [];
    const elsewhere = known.versions.map((one) => `${group}/${one}`).join(', ');
    const values = { project: known.project, elsewhere };
    return [
      versionProblem(manifest, {
        severity: 'warning',
        message: NOT_PUBLISHED,
        remediation: MEANT_VERSION,
        values,
      }),
    ];
  }
  const near = publishedKindsIn(group).find((one) => editDistance(one.toLowerCase(), kind.toLowerCase()) < 2);
  if (near === undefined) return [];
  const parts = { message: KIND_NOT_PUBLISHED, remediation: MEANT_KIND, values: { near } };
  return [versionProblem(manifest, { severity: 'warning', ...parts })];
}
