import { describe, expect, test } from '@jest/globals';
import {
  admitsNamespace,
  destinationOf,
  permitsDestination,
  permitsSource,
} from '../../src/rules/support/app-project.ts';
import { argoGlob } from '../../src/rules/support/argo-glob.ts';

const OWN = 'https://kubernetes.default.svc';

// What Argo CD decides: https://argo-cd.readthedocs.io/en/stable/user-guide/projects/ and IsSourcePermitted.
describe('sources', () => {
  test.each<[string[], string, boolean]>([
    [['*'], 'https://github.com/argoproj/test.git', true],
    [['https://github.com/argoproj/test.git'], 'https://github.com/argoproj/test.git', true],
    [['ssh://git@GITHUB.com:argoproj/test'], 'ssh://git@github.com:argoproj/test', true],
    [['git@github.com:argoproj/test.git'], 'ssh://git@github.com/argoproj/test', true],
    [['https://github.com/argoproj/*'], 'https://github.com/argoproj/argoproj.git', true],
    [['https://github.com/a/x.git', 'https://github.com/b/x.git'], 'https://github.com/b/x.git', true],
    [['https://github.com/argoproj/test1.git'], 'https://github.com/argoproj/test2.git', false],
    [['https://github.com/argoproj/*.git'], 'https://github.com/argoproj1/test2.git', false],
    [['https://github.com/argoproj/foo'], 'https://github.com/argoproj/foo1', false],
    [['https://gitlab.com/group/*'], 'https://gitlab.com/group/repo/owner', false],
    [['https://gitlab.com/group/*/*'], 'https://gitlab.com/group/repo/owner', true],
    [['https://gitlab.com/group/*/*/*'], 'https://gitlab.com/group/sub-group/repo/owner', true],
    [['https://gitlab.com/group/**'], 'https://gitlab.com/group/sub-group/repo/owner', true],
    [['!https://github.com/test.git'], 'https://github.com/test.git', false],
    [['!https://github.com/test.git'], 'https://github.com/other.git', true],
    [['*', '!https://github.com/test/*'], 'https://github.com/test/x', false],
    [['!https://github.com/test/*', '*'], 'https://github.com/test/x', false],
    [['*', '!https://github.com/test/*'], 'https://github.com/test/sub/x', true],
    [[], 'https://github.com/x', false],
  ])('%j and %s: %s', (sourceRepos, url, permitted) => {
    expect(permitsSource({ spec: { sourceRepos } }, url)).toBe(permitted);
  });
});

describe('destinations', () => {
  interface Item {
    server?: string;
    name?: string;
    namespace: string;
  }
  test.each<[Item[], string | null, string | null, string, boolean]>([
    [[{ server: OWN, namespace: 'default' }], null, OWN, 'default', true],
    [[{ server: OWN, namespace: 'default' }], null, OWN, 'kube-system', false],
    [[{ server: 'https://my-cluster', namespace: 'default' }], null, OWN, 'default', false],
    [[{ server: OWN, namespace: '*' }], null, OWN, 'kube-system', true],
    [[{ server: 'https://*.default.svc', namespace: 'default' }], null, OWN, 'default', true],
    [
      [{ server: 'https://team1-*', namespace: 'default' }],
      null,
      'https://test2-dev-cluster',
      'default',
      false,
    ],
    [[{ server: OWN, namespace: 'test-*' }], null, OWN, 'test-foo', true],
    [[{ server: OWN, namespace: 'test-*' }], null, OWN, 'test', false],
    [[{ server: '*', namespace: '*' }], null, OWN, 'test', true],
    [[{ server: '*', namespace: '*' }], 'eu', null, 'test', true],
    [[{ name: 'team*', namespace: '*' }], 'team1', null, 'x', true],
    [[{ name: 'team*', namespace: '*' }], 'other', null, 'x', false],
    // The address of `eu`, and the name of the address, are not known.
    [[{ server: 'https://10.0.0.1', namespace: 'x' }], 'eu', null, 'x', true],
    [[{ server: 'https://10.0.0.1', namespace: 'x' }], 'eu', null, 'y', false],
    [[{ name: 'eu', namespace: 'x' }], null, 'https://10.0.0.1', 'x', true],
    // Argo CD's own cluster is known by both.
    [[{ server: OWN, namespace: 'x' }], 'in-cluster', null, 'x', true],
    [[{ name: 'eu', namespace: 'x' }], 'in-cluster', null, 'x', false],
    [[{ server: '*', namespace: '!kube-system' }], null, OWN, 'kube-system', false],
    [[{ server: '*', namespace: '!kube-system' }], null, OWN, 'web', true],
    [
      [
        { server: '*', namespace: '!kube-*' },
        { server: '*', namespace: '*' },
      ],
      null,
      OWN,
      'kube-public',
      false,
    ],
    [[{ server: '!https://prod', namespace: '*' }], null, 'https://prod', 'web', false],
    [[{ server: '!https://prod', namespace: '*' }], null, 'https://dev', 'web', true],
    [[], null, OWN, 'web', false],
  ])('%j and name %s, server %s, namespace %s: %s', (destinations, name, server, namespace, permitted) => {
    expect(permitsDestination({ spec: { destinations } }, destinationOf(name, server, namespace))).toBe(
      permitted,
    );
  });

  test('clusters of the project alone cannot be told', () => {
    const spec = { permitOnlyProjectScopedClusters: true, destinations: [] };
    expect(permitsDestination({ spec }, destinationOf(null, OWN, 'web'))).toBe(true);
  });
});

test.each([
  [['team-*'], 'team-a', true],
  [['team-*'], 'web', false],
  [['/^team-/'], 'web', true],
  [[], 'web', false],
])('namespaces %j and %s: %s', (sourceNamespaces, namespace, admitted) => {
  expect(admitsNamespace({ spec: { sourceNamespaces } }, namespace)).toBe(admitted);
});

// https://github.com/gobwas/glob: its own examples, and what is hostile.
test.each([
  ['*.github.com', 'api.github.com', '', true],
  ['api.*.com', 'api.gi.hub.com', '.', false],
  ['api.*.com', 'api.github.com', '.', true],
  ['api.**.com', 'api.gi.hub.com', '.', true],
  ['?at', 'cat', '', true],
  ['?at', 'at', '', false],
  ['[abc]at', 'bat', '', true],
  ['[!cb]at', 'cat', '', false],
  ['[!cb]at', 'sat', '', true],
  ['[a-c]at', 'dat', '', false],
  ['[!a-c]at', 'fat', '', true],
  ['{cat,bat,[fr]at}', 'rat', '', true],
  ['{cat,bat,[fr]at}', 'zat', '', false],
  ['a.c', 'abc', '', false],
  [String.raw`\*x`, '*x', '', true],
  [String.raw`\*x`, 'ax', '', false],
  ['{a', 'a', '', false],
  ['[a', 'a', '', false],
  ['a,b', 'a,b', '', true],
  ['*a'.repeat(200), 'a'.repeat(900) + 'b', '', false],
])('the glob %s and %s, separated by %j: %s', (pattern, text, separator, matches) => {
  expect(argoGlob(pattern, separator)(text)).toBe(matches);
});
