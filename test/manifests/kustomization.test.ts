import { expect, test } from '@jest/globals';
import { isMovingTag, parseImageReference } from '../../src/manifests/image-reference.ts';
import {
  kustomizationsByName,
  kustomizationsReaching,
  readKustomization,
} from '../../src/manifests/kustomization.ts';

test.each([
  ['nginx', 'nginx', null, null],
  ['nginx:1.27', 'nginx', '1.27', null],
  ['host:5000/team/app', 'host:5000/team/app', null, null],
  ['host:5000/team/app:v1@sha256:ab', 'host:5000/team/app', 'v1', 'sha256:ab'],
  ['app@sha256:ab', 'app', null, 'sha256:ab'],
])('%s is taken apart', (text, name, tag, digest) => {
  expect(parseImageReference(text)).toEqual({ name, tag, digest });
});

test('moving tags', () => {
  expect(['latest', 'Main', 'latest-alpine', 'web-latest', 'stable'].filter(isMovingTag)).toHaveLength(5);
  expect(['1', 'v1.2.3', 'main-3f9c2d1', 'latestish', 'alpine'].filter(isMovingTag)).toEqual([]);
});

test('a kustomization reaches files through other kustomizations, and cycles end', () => {
  const base = readKustomization('apps/base/kustomization.yaml', {
    resources: ['web.yaml', '../overlay'],
    patches: [{ path: 'patch.yaml' }],
  });
  const overlay = readKustomization('apps/overlay/kustomization.yaml', { resources: ['../base/'] });
  const other = readKustomization('apps/other/kustomization.yaml', {
    resources: ['web.yaml', 'https://x/apps/base'],
  });
  const byName = kustomizationsByName([overlay, other, base]);
  const reaching = (path: string): unknown => kustomizationsReaching(byName.get(path) ?? [], byName);
  expect(reaching('apps/base/web.yaml')).toEqual([base, overlay]);
  expect(reaching('apps/base/patch.yaml')).toEqual([base, overlay]);
  expect(reaching('apps/base/unlisted.yaml')).toEqual([]);
});

test('image overrides take numbers for tags, and anything else for nothing', () => {
  expect(
    readKustomization('kustomization.yaml', {
      images: [{ name: 'a', newTag: 1.27 }, { name: 'b', newName: 'c', newTag: '' }, null, { newTag: 'x' }],
    }).images,
  ).toEqual([
    { name: 'a', newName: null, newTag: '1.27', digest: null },
    { name: 'b', newName: 'c', newTag: null, digest: null },
  ]);
});
