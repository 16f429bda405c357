import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { listAt } from '../../manifests/workload.ts';
import { generatorsOf, type Generator } from '../support/appset.ts';

export const appsetScmGenerator: ManifestRule = {
  scope: 'manifest',
  judge: ({ value }) => generatorsOf(value).flatMap(problemsOf),
};

function problemsOf(generator: Generator): Problem[] {
  if (generator.type !== 'scmProvider' && generator.type !== 'pullRequest') return [];
  const { pointer, value, type } = generator;
  const providers = Object.entries(value).filter(([, settings]) => isRecord(settings));
  const labelled = providers.some(([, settings]) => listAt(settings, ['labels']).length > 0);
  const insecure = providers.filter(([, settings]) => isRecord(settings) && settings['insecure'] === true);
  return [
    ...(listAt(value, ['filters']).length > 0 || (type === 'pullRequest' && labelled)
      ? []
      : [unfiltered(generator)]),
    ...insecure.map(([provider]) => ({
      pointer: [...pointer, provider, 'insecure'],
      judged: true,
      message:
        'ApplicationSet `{name}` does not check the certificate of the server that it asks. Whoever sits on the way decides ' +
        'what is deployed, and reads the token.',
      remediation: 'Remove `insecure: true`, and add the certificate of the server to `argocd-tls-certs-cm`.',
    })),
  ];
}

function unfiltered({ type, pointer, value }: Generator): Problem {
  return type === 'pullRequest'
    ? {
        pointer,
        atKey: true,
        judged: value,
        message:
          'ApplicationSet `{name}` deploys every pull request. Whoever can open one, also from a fork, deploys what they like.',
        remediation: 'List the `labels` that a pull request must have under the provider, or add `filters`.',
      }
    : {
        pointer,
        atKey: true,
        judged: value,
        message:
          'ApplicationSet `{name}` deploys every repository of an organisation. Whoever can create one deploys what they like.',
        remediation: 'Add `filters`, such as `- repositoryMatch: ^deploy-`.',
      };
}
