import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { displayName, fillTemplate } from '../../src/engine/message.ts';
import { review } from '../../src/engine/review.ts';
import { maskActions } from '../../src/engine/template.ts';
import { ALL_RULES } from '../rules/secret-fixture.ts';
import { changeOf } from '../support/change-fixture.ts';

describe('a name that a template makes', () => {
  test.each([
    ['{{ .Release.Name }}-web', '{{…}}-web'],
    ['web-{{.a}}', 'web-{{…}}'],
    ['{{ include "a.name" . }}-{{ .Values.b }}', '{{…}}-{{…}}'],
    ['plain', 'plain'],
    ['$(POD_NAME)-$(x)', '$(POD_NAME)-$(x)'],
  ])('%s is shown as %s', (written, shown) => {
    expect(displayName(maskActions(written))).toBe(shown);
  });

  test('fills a message without anything that nobody wrote', () => {
    const text = `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-web
spec:
  containers:
    - name: {{ .Chart.Name }}
      image: registry.example.com/web:1.0.0
      securityContext: {privileged: true}
`;
    const files = { 'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n' };
    const change = changeOf({ base: files, head: { ...files, 'chart/templates/pod.yaml': text } });
    const rules = ALL_RULES.filter(({ definition: { id } }) => id === 'no-privileged-container');
    const [finding] = review(change, rules, DEFAULT_POLICY).findings;
    expect(finding?.message).toContain('Container `{{…}}` of Pod `{{…}}-web`');
  });

  test('keeps the placeholders of a message apart from it', () => {
    expect(fillTemplate('{kind} `{name}`', { kind: 'Pod', name: '$(xxxxxxxx)' })).toBe('Pod `{{…}}`');
  });
});

test('an object whose name the server completes is called by the beginning of it', () => {
  const text = `apiVersion: v1
kind: Pod
metadata:
  generateName: build-
  namespace: ci
spec:
  containers:
    - name: main
      image: registry.example.com/web:1.0.0
      securityContext: {privileged: true}
`;
  const rules = ALL_RULES.filter(({ definition: { id } }) => id === 'no-privileged-container');
  const [finding] = review(
    changeOf({ base: {}, head: { 'pod.yaml': text } }),
    rules,
    DEFAULT_POLICY,
  ).findings;
  expect(finding?.message).toContain('Pod `ci/build-*`');
});
