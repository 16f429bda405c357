import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import type { Alert } from '../../src/alerts/alert.ts';
import type { ReachedDeployer } from '../../src/engine/report.ts';
import { isLeak, LEAK_RULES } from '../../src/alerts/findings.ts';
import { playbookOf } from '../../src/alerts/playbook.ts';
import { KINDS } from '../../src/secrets/catalogue/index.ts';
import { directPush, finding, incidentOf, weakened } from './fixtures.ts';

const APP: ReachedDeployer = { kind: 'Application', name: 'web', namespace: 'argocd', automatic: true };

const stepsFor = (deployers: ReachedDeployer[], findings = [finding()]) =>
  playbookOf(
    incidentOf(
      directPush({
        review: {
          findings,
          reach: { applications: [], clusters: [], environments: [], deployers },
          policy: { source: 'default', hash: 'c'.repeat(64) },
        },
      }),
    ),
  );
const commandsFor = (...deployers: ReachedDeployer[]) =>
  Object.fromEntries(stepsFor(deployers).map(({ title, commands }) => [title, commands]));

describe('the commands for what a push reaches', () => {
  test('pause, roll back and resume an Application of Argo CD', () => {
    expect(commandsFor(APP)).toMatchObject({
      'Pause the deployment': ['argocd app set web --app-namespace argocd --sync-policy none'],
      'The same with kubectl': [
        `kubectl --namespace argocd patch application.argoproj.io web --type merge --patch '{"spec":{"syncPolicy":{"automated":null}}}'`,
      ],
      'Put back what ran before, if the change was deployed already': [
        'argocd app history web --app-namespace argocd',
        'argocd app rollback web --app-namespace argocd',
      ],
      'When the branch is right again': ['argocd app set web --app-namespace argocd --sync-policy automated'],
    });
  });

  test('suspend and resume a Kustomization of Flux', () => {
    const steps = commandsFor({
      kind: 'Kustomization',
      name: 'apps',
      namespace: 'flux-system',
      automatic: true,
    });
    expect(steps).toMatchObject({
      'Pause the deployment': ['flux suspend kustomization apps --namespace flux-system'],
      'The same with kubectl': [
        `kubectl --namespace flux-system patch kustomization.kustomize.toolkit.fluxcd.io apps --type merge --patch '{"spec":{"suspend":true}}'`,
      ],
      'When the branch is right again': ['flux resume kustomization apps --namespace flux-system'],
    });
    expect(JSON.stringify(steps)).not.toContain('argocd');
  });

  test('change the template of an ApplicationSet, which would set its Applications again', () => {
    const set: ReachedDeployer = { ...APP, kind: 'ApplicationSet', name: 'tenants' };
    expect(commandsFor(set)['Pause the deployment']).toEqual([
      `kubectl --namespace argocd patch applicationset.argoproj.io tenants --type merge --patch '{"spec":{"template":{"spec":{"syncPolicy":{"automated":null}}}}}'`,
    ]);
  });

  test('leave out the pause of what deploys nothing by itself, and say so', () => {
    const steps = stepsFor([{ ...APP, automatic: false }]);
    const pause = steps.find(({ title }) => title === 'Pause the deployment');
    expect(pause).toMatchObject({ commands: [], text: expect.stringContaining('do not synchronise it now') });
    expect(steps.map(({ title }) => title)).not.toContain('When the branch is right again');
  });

  test('name the namespace that they assume', () => {
    const [pause] = stepsFor([{ ...APP, namespace: null }]);
    expect(pause?.commands[0]).toContain('--app-namespace argocd');
    expect(pause?.text).toContain('`argocd` is assumed');
  });

  test('say to which cluster they belong, and stand there once for two of one name', () => {
    const flux = (folder: string): ReachedDeployer => ({
      ...{ kind: 'Kustomization', name: 'apps', namespace: 'flux-system', automatic: true },
      path: `clusters/${folder}/apps.yaml`,
    });
    const [one] = stepsFor([flux('production')]);
    expect(one?.text).toContain(
      'Kustomization `apps` of `clusters/production/apps.yaml`: before you run a command',
    );
    const [two] = stepsFor([flux('production'), flux('staging')]);
    expect(two?.commands).toEqual(['flux suspend kustomization apps --namespace flux-system']);
    expect(two?.text).toContain(
      '`clusters/production/apps.yaml` and Kustomization `apps` of `clusters/staging/apps.yaml`',
    );
  });

  test('of a burst that is too long to be listed say what they leave out', () => {
    const incident = incidentOf(...(Array.from({ length: 30 }, () => directPush()) as [Alert, ...Alert[]]));
    const step = playbookOf(incident).find(({ title }) => title.startsWith('Look at the pushes'));
    expect(step?.text).toContain('10 pushes of this burst are not listed here');
    expect(step?.link?.url).toBe('https://github.com/acme/deploy/activity?ref=main');
    expect(playbookOf({ ...incident, count: 20 }).map(({ title }) => title)).not.toContain(step?.title);
  });

  test('are not there when nothing is reached', () => {
    expect(stepsFor([]).map(({ title }) => title)).toEqual(['Undo the change']);
  });

  test('end somewhere', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ ...APP, name: `web-${index}` }));
    const [pause] = stepsFor(many);
    expect(pause?.commands).toHaveLength(10);
    expect(pause?.text).toContain('first 10 of 40');
  });

  test('come in the order in which they help', () => {
    const leak = finding({
      ruleId: 'no-leaked-credential',
      secret: { kind: 'github-pat', length: 40, fingerprint: null },
    });
    expect(stepsFor([APP], [leak]).map(({ title }) => title.split(':')[0])).toEqual([
      'Revoke',
      'Pause the deployment',
      'The same with kubectl',
      'Put back what ran before, if the change was deployed already',
      'Undo the change',
      'When the branch is right again',
    ]);
  });

  test('are each one line that a shell reads as it stands', () => {
    const commands = stepsFor([APP, { kind: 'Kustomization', name: 'a.b', namespace: 'x', automatic: true }])
      .flatMap((step) => step.commands)
      .filter((command) => !command.startsWith('git'));
    for (const command of commands) {
      const script = `${['argocd', 'kubectl', 'flux'].map((name) => `${name}() { printf '%s\\n' "$@"; }`).join('; ')}; ${command}`;
      const words = execFileSync('sh', ['-c', script], { encoding: 'utf8', cwd: tmpdir() })
        .trim()
        .split('\n');
      const patch = words.at(-1) ?? '';
      if (command.includes('--patch')) expect(() => JSON.parse(patch) as unknown).not.toThrow();
      expect(words.length).toBeGreaterThan(3);
    }
  });
});

describe('leaked credentials', () => {
  test('each kind is revoked once, where the catalogue says', () => {
    const pat = KINDS.get('github-pat')!;
    const leak = (kind: string) =>
      finding({ ruleId: 'no-leaked-credential', secret: { kind, length: 40, fingerprint: null } });
    const steps = stepsFor([], [leak('github-pat'), leak('github-pat'), leak('aws-access-token')]);
    const revoke = steps.filter(({ title }) => title.startsWith('Revoke'));
    expect(revoke).toHaveLength(2);
    expect(revoke.find(({ title }) => title === `Revoke: ${pat.title}`)).toMatchObject({
      text: pat.advice,
      link: { url: pat.url },
    });
  });

  test('of a kind that nobody knows have a step as well', () => {
    const [step] = stepsFor([], [finding({ ruleId: 'no-plaintext-secret' })]);
    expect(step?.title).toBe('Revoke: Credentials whose kind is not known');
  });

  test('that stood there before, or are only a guess, have none', () => {
    const old = finding({ ruleId: 'no-plaintext-secret', introduced: false });
    const guess = finding({ ruleId: 'no-plaintext-secret', severity: 'warning' });
    expect(isLeak(old)).toBe(false);
    expect(isLeak(guess)).toBe(false);
    expect(isLeak(finding())).toBe(false);
  });

  test('are reported by rules that exist', () => {
    const rules = readdirSync('rules');
    for (const rule of LEAK_RULES) expect(rules).toContain(rule);
  });
});

test('weaker protection has the page and the settings to put back', () => {
  const steps = playbookOf(incidentOf(weakened({ source: 'ruleset', ruleId: 7 })));
  expect(steps[0]?.link?.url).toBe('https://github.com/acme/deploy/settings/rules/7');
  expect(steps[0]?.text).toContain('Add `gitops-warden` to the required checks.');
  expect(steps.flatMap(({ commands }) => commands)).toEqual([]);
});
