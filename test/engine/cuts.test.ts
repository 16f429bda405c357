import { expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { openFile } from '../../src/engine/judged-file.ts';
import { noteCut, cutsOf } from '../../src/engine/cuts.ts';
import { review } from '../../src/engine/review.ts';
import { KustomizeTree, type Files } from '../../src/graph/kustomize-tree.ts';
import { PatchObjects } from '../../src/rules/support/patch-objects.ts';
import { encryptedTwins } from '../../src/rules/support/sops-copies.ts';
import { changeOf } from '../support/change-fixture.ts';

type Snapshot = Parameters<typeof noteCut>[0];

function snapshotOf(head: Record<string, string>): { snapshot: Snapshot; files: Files } {
  const snapshot = changeOf({ base: null, head }).after;
  const files = new Map(
    [...snapshot.files].map(([path, version]) => [path, () => openFile(path, version, snapshot).file]),
  );
  return { snapshot, files };
}

const pathsOf = (snapshot: Snapshot): string[] => cutsOf(snapshot).map(({ path }) => path);

test('what was cut stands in the report, once, and blocks', () => {
  const change = changeOf({ base: null, head: { 'a.yaml': 'a: b\n' } });
  const note = { path: 'a.yaml', reason: 'was not compared', blocks: true };
  noteCut(change.after, note);
  noteCut(change.after, { ...note });
  const report = review(change, [], DEFAULT_POLICY);
  expect(report.notChecked).toEqual([note]);
  expect(report.conclusion).toBe('failure');
});

const KUSTOMIZATIONS = {
  'base/kustomization.yaml': 'resources: [a.yaml, b.yaml]\n',
  'base/a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n',
  'base/b.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: b}\n',
  'one/kustomization.yaml': 'resources: [../base]\n',
  'two/kustomization.yaml': 'resources: [../base]\npatches: [{target: {name: "a.*"}, patch: "{}"}]\n',
};

test('what kustomizations deploy is not cut without a word', () => {
  const { snapshot, files } = snapshotOf(KUSTOMIZATIONS);
  const within = new KustomizeTree(files, snapshot, 4);
  expect(within.roots().map((root) => within.closureOf(root).files.size)).toEqual([2, 2]);
  expect(pathsOf(snapshot)).toEqual([]);
  const beyond = new KustomizeTree(files, snapshot, 3);
  expect(beyond.roots().map((root) => beyond.closureOf(root).complete)).toEqual([true, false]);
  expect(pathsOf(snapshot)).toEqual(['base/kustomization.yaml']);
});

test('targets of patches are not cut without a word', () => {
  const { snapshot, files } = snapshotOf(KUSTOMIZATIONS);
  const tree = new KustomizeTree(files, snapshot);
  const two = tree.byFolder.get('two');
  if (two === undefined) throw new Error('There is no such kustomization.');
  const target = [{ part: 'name', pattern: 'x.*' }] as const;
  expect(new PatchObjects(tree, files, snapshot, 2).of(two)?.someMeets(target)).toBe(false);
  expect(pathsOf(snapshot)).toEqual([]);
  expect(new PatchObjects(tree, files, snapshot, 1).of(two)?.someMeets(target)).toBe(true);
  expect(pathsOf(snapshot)).toEqual(['two/kustomization.yaml']);
});

test('encrypted files of one name are not cut without a word', () => {
  const marked = ['db.enc.yaml', 'db.sops.yaml', 'db.encrypted.yaml'];
  const head = Object.fromEntries(marked.map((name) => [name, 'a: ENC[AES256_GCM,data:eA==,iv:eA==]\n']));
  const { snapshot } = snapshotOf({ ...head, 'db.yaml': 'a: b\n', 'db.dec.yaml': 'a: b\n' });
  expect(encryptedTwins('db.yaml', snapshot, 4)).toHaveLength(3);
  // Who asks again is told the same, and it counts once.
  expect(encryptedTwins('db.yaml', snapshot, 4)).toHaveLength(3);
  expect(pathsOf(snapshot)).toEqual([]);
  expect(encryptedTwins('db.dec.yaml', snapshot, 4)).toHaveLength(1);
  expect(pathsOf(snapshot)).toEqual(['db.dec.yaml']);
});
