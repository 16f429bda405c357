import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Octokit } from '@octokit/rest';
import type { Stage } from '../../src/demo/stage.ts';
import { CHECK, deployment, HEALTHY, openStage, PRIVILEGED_LINE } from './support.ts';

/** The App's own token, asked for without any code of ours. */
async function installationToken(stage: Stage, key = stage.settings.privateKey): Promise<Response> {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iat: now - 30, exp: now + 300, iss: stage.settings.appId })}`;
  const signature = sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url');
  return fetch(
    `${stage.settings.apiUrl}/app/installations/${stage.github.installationId('acme')}/access_tokens`,
    {
      method: 'POST',
      headers: {
        authorization: `Bearer ${signed}.${signature}`,
        accept: 'application/vnd.github+json',
        'user-agent': 'test',
      },
    },
  );
}

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

test('what the App posted is what another client reads', async () => {
  const { github } = stage;
  const repository = await github.createRepository('acme/deploy');
  await github.commit(repository, { branch: 'main', files: HEALTHY, message: 'Base' });
  await github.commit(repository, {
    branch: 'change',
    files: { 'apps/web/deployment.yaml': deployment('ghcr.io/acme/web:1.0.1', true) },
    message: 'Change',
  });
  const pullRequest = await github.openPullRequest(repository, { title: 'Change', head: 'change' });
  await stage.answered();

  const { token } = (await (await installationToken(stage)).json()) as { token: string };
  const octokit = new Octokit({ auth: token, baseUrl: stage.settings.apiUrl });
  const where = { owner: 'acme', repo: 'deploy' };
  const checks = await octokit.rest.checks.listForRef({ ...where, ref: pullRequest.head.sha });
  expect(checks.data.check_runs.map(({ name, conclusion }) => [name, conclusion])).toEqual([
    [CHECK, 'failure'],
  ]);
  const comments = await octokit.paginate(octokit.rest.pulls.listReviewComments, {
    ...where,
    pull_number: pullRequest.number,
  });
  expect(comments.map(({ path, line, user }) => [path, line, user?.login])).toEqual([
    ['apps/web/deployment.yaml', PRIVILEGED_LINE, 'gitops-warden[bot]'],
  ]);
});

test('another key is not the App', async () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const pem = other.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect((await installationToken(stage, pem)).status).toBe(401);
});
