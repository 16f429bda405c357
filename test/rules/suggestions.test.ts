import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../src/engine/finding.ts';
import { reviewed } from './secret-fixture.ts';

function found(ruleId: string, path: string, text: string): readonly Finding[] {
  return reviewed({ base: null, head: { [path]: text } }).findings.filter((one) => one.ruleId === ruleId);
}

/** As GitHub does at a click. */
function applied(text: string, { suggestion }: Finding): string {
  if (suggestion === null) throw new Error('there is no suggestion');
  const lines = text.split('\n');
  lines.splice(suggestion.startLine - 1, suggestion.endLine - suggestion.startLine + 1, suggestion.text);
  return lines.join('\n');
}

const POD = (line: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\nspec:\n  containers:\n    - name: a\n      image: b:1.2.3\n      ${line}\n`;
const APP = (line: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd}\nspec:\n  syncPolicy:\n    ${line}\n`;
const FLUX = (line: string): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a, namespace: b}\nspec:\n  ${line}\n`;
const CONFIG = (line: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  ${line}\n`;

describe('a suggestion is the whole edit: applied to its lines, it leaves nothing to report', () => {
  test.each([
    ['no-privileged-container', POD('securityContext: {privileged: true} # why')],
    ['valid-schema', POD('securityContexts: {}')],
    ['valid-schema', POD('stdin: "true"')],
    ['valid-schema', POD("ports: [{containerPort: '80'}]")],
    ['valid-schema', CONFIG('mode: 0644')],
    ['valid-schema', CONFIG('verbose: yes # really')],
    ['no-allow-empty', APP('automated: {allowEmpty: true}')],
    ['known-sync-option', APP('syncOptions: [CreateNamespaces=true]')],
    ['known-sync-option', APP('syncOptions: ["PrunLast=true"]')],
    ['flux-prune', FLUX('prune: false')],
    ['no-flux-force', FLUX('force: true')],
    ['no-suspended-reconciliation', FLUX('suspend: true')],
    ['object-names-its-kind', 'kind: Service\nmetadata: {name: a}\nspec: {clusterIP: None}\n'],
  ])('%s: %j', (ruleId, text) => {
    const [finding] = found(ruleId, 'a.yaml', text);
    if (finding === undefined) throw new Error('nothing was found');
    const mended = applied(text, finding);
    expect(mended.split('\n').length).toBeGreaterThanOrEqual(text.split('\n').length);
    expect(found(ruleId, 'a.yaml', mended)).toEqual([]);
  });

  test('JSON stays JSON', () => {
    const text =
      '{\n  "apiVersion": "v1",\n  "kind": "ConfigMap",\n  "metadata": {"name": "a"},\n  "data": {\n    "a": 1\n  }\n}\n';
    const [finding] = found('valid-schema', 'a.json', text);
    expect(finding?.suggestion?.text).toBe('    "a": "1"');
  });

  test('a patch in a text is mended inside the text', () => {
    const text =
      'resources: [a.yaml]\npatches:\n  - patch: |-\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: {name: a}\n      spec:\n        replica: 2\n';
    const [finding] = found('valid-schema', 'kustomization.yaml', text);
    expect(finding?.suggestion).toEqual({ startLine: 8, endLine: 8, text: '        replicas: 2' });
  });
});

describe('none where the edit is not certain', () => {
  test.each([
    ['the name that was meant is there already', POD('securityContexts: {}\n      securityContext: {}')],
    ['nothing like it is known', POD('colour: blue')],
    ['a word is no number', POD('ports: [{containerPort: http}]')],
    ['a text over several lines', POD('stdin: >-\n        true')],
    ['an alias', CONFIG('a: &n 1')],
    ['the data of a Secret', CONFIG('a: 1').replace('ConfigMap', 'Secret')],
  ])('%s', (_, text) => {
    const [finding] = found('valid-schema', 'a.yaml', text);
    expect(finding).toBeDefined();
    expect(finding?.suggestion).toBeNull();
  });

  test('a switch in other words is left to people', () => {
    const [finding] = found('no-privileged-container', 'a.yaml', POD('securityContext: {privileged: yes}'));
    expect(finding?.suggestion).toBeNull();
  });
});
