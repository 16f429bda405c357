import type { ManifestRule, Problem, RuleContext } from '../../engine/rule.ts';
import { retiredVersion } from '../../manifests/custom-resources/retired-versions.ts';
import { isBuiltInGroup, KNOWN_MINORS, schemaOf } from '../../manifests/kubernetes/catalogue.ts';
import { deprecatedApi } from '../../manifests/kubernetes/deprecated-apis.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { replaced, versionProblem } from '../support/api-version.ts';
import { customTypesOf, DEFINITION_KINDS, type Defined } from '../support/custom-types.ts';
import { targetsFor } from '../support/kubernetes-targets.ts';

const DEPRECATED =
  '{kind} `{name}` uses `{apiVersion}`, which is deprecated since Kubernetes {since}. It works until it is removed, and ' +
  'then nothing of it can be deployed any more.';
const DEPRECATED_UNTIL =
  '{kind} `{name}` uses `{apiVersion}`, which is deprecated since Kubernetes {since} and planned to go with Kubernetes {until}. Then ' +
  'nothing of it can be deployed any more.';
const BY_PROJECT =
  '{kind} `{name}` uses `{apiVersion}`, which {project} has deprecated: a later release stops serving it, and then ' +
  'nothing of it can be deployed any more.';
const BY_DEFINITION =
  '{kind} `{name}` uses `{apiVersion}`, which its definition in `{definition}` marks as deprecated{warning}. A later release ' +
  'stops serving it, and then nothing of it can be deployed any more.';
const MOVE = 'Use `{replacement}`, and adapt the fields that changed.';
const ASK = 'Look in the release notes of the controller what to use instead.';

export const deprecatedApiVersion: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  kinds: DEFINITION_KINDS,
  judge(manifest, context) {
    if (context.file?.template === true) return [];
    return isBuiltInGroup(manifest.group) ? judgeBuiltIn(manifest, context) : judgeCustom(manifest, context);
  },
};

function judgeBuiltIn(manifest: Manifest, context: RuleContext): Problem[] {
  const { apiVersion, kind } = manifest;
  const deprecated = deprecatedApi(apiVersion, kind);
  if (deprecated === null) return [];
  const { deprecatedIn, removedIn } = deprecated;
  const concerned = targetsFor(manifest, context.policy).filter(
    (target) =>
      schemaOf(apiVersion, kind, target) !== null &&
      number(target.minor === '' ? (KNOWN_MINORS.at(-1) ?? '') : target.minor) >= number(deprecatedIn),
  );
  if (concerned.length === 0) return [];
  const message = removedIn === null ? DEPRECATED : DEPRECATED_UNTIL;
  const values = { since: deprecatedIn, until: removedIn ?? '' };
  return [replaced(manifest, context, deprecated, { message, values })];
}

function number(minor: string): number {
  return Number(minor.split('.')[1]);
}

function judgeCustom(manifest: Manifest, context: RuleContext): Problem[] {
  const types = customTypesOf(context.objects);
  if (types.definitionsOf(manifest).length > 0) {
    const served = types.servedFor(manifest);
    const [nearest] = served;
    const all = nearest !== undefined && served.every(({ version }) => version.deprecated);
    return all ? [byDefinition(manifest, nearest)] : [];
  }
  const retired = retiredVersion(manifest.apiVersion, manifest.kind);
  if (retired === null || retired.removed) return [];
  return [replaced(manifest, context, retired, { message: BY_PROJECT })];
}

function byDefinition(manifest: Manifest, { definition, version }: Defined): Problem {
  const stored = definition.versions.find((one) => one.stored && one.served && !one.deprecated);
  const warning = version.deprecationWarning;
  return versionProblem(manifest, {
    message: BY_DEFINITION,
    remediation: stored === undefined ? ASK : MOVE,
    values: {
      definition: definition.path,
      warning: warning === null ? '' : ` (“${warning}”)`,
      replacement: stored === undefined ? '' : `${definition.group}/${stored.name}`,
    },
  });
}
