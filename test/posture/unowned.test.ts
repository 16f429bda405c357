import { expect, test } from '@jest/globals';
import { unownedPlaces } from '../../src/posture/unowned.ts';

const TREE = [
  'README.md',
  'docs/a.yaml',
  '.vscode/settings.json',
  '.github/workflows/ci.yml',
  '.github/gitops-warden.yml',
  '.github/CODEOWNERS',
  '.sops.yaml',
  'apps/web/deployment.yaml',
  'apps/web/service.yaml',
  'apps/db/statefulset.yaml',
  'clusters/production/web.yaml',
  'clusters/staging/web.yaml',
  'kustomization.yaml',
];

test.each<[string, string, string[]]>([
  ['an owner of all', '* @acme/all', []],
  ['no owner at all', '', ['.github/', '.sops.yaml', 'apps/', 'clusters/', 'kustomization.yaml']],
  [
    'the largest folder in which nobody owns anything stands for all of it',
    '/.github/ @a\n/.sops.yaml @a\n/kustomization.yaml @a\n/clusters/production/ @a\n/apps/web/service.yaml @a',
    ['apps/db/', 'apps/web/deployment.yaml', 'clusters/staging/'],
  ],
  [
    'the files of the gate count as well',
    '* @a\n/.github/gitops-warden.yml\n/.github/CODEOWNERS\n/.github/workflows/',
    ['.github/'],
  ],
])('%s', (_, owners, expected) => {
  expect(unownedPlaces(owners, TREE)).toEqual(expected);
});
