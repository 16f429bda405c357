import { expect, test } from '@jest/globals';
import { catalogueRules } from '../../src/secrets/catalogue/rules.ts';
import { compileRuleSet } from '../../src/secrets/rule-set.ts';
import { scanText } from '../../src/secrets/text-scan.ts';

const set = compileRuleSet(catalogueRules());
/** Looks random, and comes again on every run. */
const VALUE = ['Xk29dk', 'wPq0Zm', '4ls8TT'].join('');

function valuesIn(path: string, text: string): readonly string[] {
  return scanText(set, { path, commit: null, text }, { decodeDepth: 0 })
    .filter(({ ruleId }) => ruleId === 'generic-api-key')
    .map(({ secret }) => secret);
}

test.each([
  ['a property', 'a.properties', `db.password=${VALUE}`],
  ['flow style, at its end', 'prometheus.yml', `basic_auth: {username: prom, password: ${VALUE}}`],
  ['flow style, before more', 'prometheus.yml', `basic_auth: {password: ${VALUE}, username: prom}`],
  ['Jsonnet', 'a.libsonnet', `{ password: '${VALUE}' }`],
  ['a build argument', 'Dockerfile', `ARG DB_PASSWORD=${VALUE}`],
  ['the name and value of an environment', 'a.yaml', `- name: DB_PASSWORD\n  value: ${VALUE}`],
  ['a text in an action of a template', 'templates/a.yaml', `password: {{ "${VALUE}" | b64enc }}`],
  ['a default in a template', 'templates/a.yaml', `token: {{ .Values.token | default "${VALUE}" | quote }}`],
  [
    'Hadoop',
    'core-site.xml',
    `<property>\n <name>fs.s3a.secret.key</name>\n <value>${VALUE}</value>\n</property>`,
  ],
  ['an element', 'settings.xml', `<server><id>nexus</id><password>${VALUE}</password></server>`],
  ['an element with a prefix', 'a.xml', `<ds:clientSecret>${VALUE}</ds:clientSecret>`],
])('the name of a field tells of a credential: %s', (_, path, text) => {
  expect(valuesIn(path, text)).toEqual([VALUE]);
});

test.each([
  ['what a template looks up', 'token: {{ include "app.token-secret2" . }}'],
  ['what a template takes from its values', 'password: {{ .Values.database.password1Xk29dk | quote }}'],
  ['a name in flow style', 'secretKeyRef: {name: db-credentials2, secret: database-password-2}'],
  ['what a workflow fills in', 'token: ${{ secrets.Xk29dkwPq0Zm4ls8TT }}'],
  ['what Maven has encrypted or takes from elsewhere', '<password>${env.NEXUS_Xk29dkwPq0Zm}</password>'],
  ['a type', 'Promise<Token> readTokenOfUser29dkwPq0Zm'],
  ['another property of Hadoop', '<name>fs.s3a.endpoint</name>\n<value>Xk29dkwPq0Zm4ls8TT</value>'],
])('and stays silent about %s', (_, text) => {
  expect(valuesIn('a.yaml', text)).toEqual([]);
});
