import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { asList, isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';

// Argo CD's globs: patterns of these forms match whatever there is.
const ANYTHING = /^\*+(?:\/\*+)*$/;
const ANY_URL = /^(?:(?:https?|ssh|oci):\/\/|git@|\*+:\/\/)?\*+(?:\/\*+)*$/;

interface Cause {
  readonly message: string;
  readonly remediation: string;
}

const REPOSITORIES: Cause = {
  message:
    'AppProject `{name}` accepts any repository under `{pointer}`. Whoever can create an Application in it deploys ' +
    'from a repository that nobody reviewed.',
  remediation: 'List the repositories of the team under `sourceRepos`.',
};
const NAMESPACES: Cause = {
  message:
    'AppProject `{name}` accepts Applications from any namespace under `{pointer}`. Every team can then deploy with ' +
    'its permissions.',
  remediation: 'List the namespaces of the team under `sourceNamespaces`.',
};
const CLUSTERS: Cause = {
  message:
    'AppProject `{name}` may deploy to any cluster: `{pointer}` is `*`. A mistake in one Application then reaches ' +
    'production too.',
  remediation: 'Name the `server` or `name` of each cluster under `destinations`.',
};
const ANY_NAMESPACE: Cause = {
  message:
    'AppProject `{name}` may deploy to any namespace: `{pointer}` is `*`. That includes `kube-system` and the one in ' +
    'which Argo CD runs.',
  remediation: 'List the namespaces of the team under `destinations`.',
};
const KINDS: Cause = {
  message:
    'AppProject `{name}` may create any cluster-wide object: `{pointer}` allows every group and kind. A ' +
    'ClusterRoleBinding is enough to take over the cluster.',
  remediation: 'List the kinds that it needs, such as `Namespace`, or leave `clusterResourceWhitelist` out.',
};

export const noUnrestrictedAppProject: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    const spec = manifest.value['spec'];
    if (!isRecord(spec)) return [];
    const texts = (key: string, pattern: RegExp, cause: Cause): Problem[] =>
      asList(spec[key]).flatMap((value, index) =>
        typeof value === 'string' && pattern.test(value.trim())
          ? [problem(['spec', key, String(index)], value, cause)]
          : [],
      );
    return [
      ...texts('sourceRepos', ANY_URL, REPOSITORIES),
      ...texts('sourceNamespaces', ANYTHING, NAMESPACES),
      ...asList(spec['destinations']).flatMap(destinationProblems),
      ...asList(spec['clusterResourceWhitelist']).flatMap((value, index) =>
        isRecord(value) && isAnything(value['group']) && isAnything(value['kind'])
          ? [problem(['spec', 'clusterResourceWhitelist', String(index)], value, KINDS)]
          : [],
      ),
    ];
  },
};

function destinationProblems(value: unknown, index: number): Problem[] {
  if (!isRecord(value)) return [];
  const at = (key: string, cause: Cause): Problem =>
    problem(['spec', 'destinations', String(index), key], value[key], cause);
  return [
    ...['server', 'name'].flatMap((key) => {
      const text = value[key];
      return typeof text === 'string' && ANY_URL.test(text.trim()) ? [at(key, CLUSTERS)] : [];
    }),
    ...(isAnything(value['namespace']) ? [at('namespace', ANY_NAMESPACE)] : []),
  ];
}

function problem(pointer: Pointer, judged: unknown, cause: Cause): Problem {
  return { pointer, judged, ...cause };
}

function isAnything(value: unknown): boolean {
  return typeof value === 'string' && ANYTHING.test(value.trim());
}
