import { describe, expect, test } from '@jest/globals';
import type { Alert } from '../../src/alerts/alert.ts';
import { mayRevealCredential } from '../../src/alerts/findings.ts';
import { alertMarker, renderIncident } from '../../src/alerts/render.ts';
import { AFTER, BEFORE, directPush, finding, incidentOf, weakened } from './fixtures.ts';

const renderAlert = (first: Alert, ...others: Alert[]) => renderIncident(incidentOf(first, ...others));

describe('renderIncident', () => {
  test('says what happened, what it means, what it reaches and how to undo it', () => {
    const { title, body } = renderAlert(directPush());
    expect(title).toBe('Direct push to main by mallory, past the review');
    expect(body.split('\n\n')).toEqual([
      `\`mallory\` pushed to \`main\` without a merged pull request: [\`${BEFORE.slice(0, 12)}\`](https://github.com/acme/deploy/commit/${BEFORE}) to [\`${AFTER.slice(0, 12)}\`](https://github.com/acme/deploy/commit/${AFTER}) (1 commit). [Compare](https://github.com/acme/deploy/compare/${BEFORE}...${AFTER})`,
      'GitHub knows no pull request for it. What stands on this branch is deployed, and nobody reviewed this.',
      '## What the review found',
      `- **error** [\`apps/web.yaml:7\`](https://github.com/acme/deploy/blob/${AFTER}/apps/web.yaml#L7): Container \`web\` is privileged. (\`no-privileged-container\`)`,
      '## What it reaches',
      '- Applications: `web`\n- Environments: `production`',
      '## What to do',
      '### 1. Undo the change',
      'Revert it on a branch, then open a pull request from that branch. [Open the pull request, after the commands](https://github.com/acme/deploy/compare/main...revert-aaaaaaaaaaaa?expand=1).',
      `\`\`\`sh\ngit fetch origin refs/heads/main\ngit switch --create revert-aaaaaaaaaaaa FETCH_HEAD\ngit revert --no-edit ${BEFORE}..${AFTER}\ngit push origin revert-aaaaaaaaaaaa\n\`\`\``,
      `Judged under the policy of the revision before the push: [\`.github/gitops-warden.yml\`](https://github.com/acme/deploy/blob/${BEFORE}/.github/gitops-warden.yml) (\`cccccccccccc\`).`,
      alertMarker(incidentOf()),
    ]);
  });

  const secret = finding({
    ruleId: 'no-plaintext-secret',
    message: 'Secret `payments/db` keeps `password` in plain text.',
    subject: { type: 'file', path: 'apps/payments/db.yaml', range: null, object: null, commit: null },
  });
  const review = (findings: ReturnType<typeof finding>[]) => ({
    findings,
    reach: { applications: [], clusters: [], environments: [] },
    policy: { source: 'default', hash: 'c'.repeat(64) },
  });

  test('in a public repository it says how many credentials leaked and not where', () => {
    const repository = { ...directPush().repository, isPrivate: false };
    const { title, body } = renderAlert(directPush({ repository, review: review([secret, finding()]) }));
    expect(body).toContain('1 finding about credentials');
    expect(body).toContain('apps/web.yaml');
    expect(`${title}${body}`).not.toMatch(/payments|db\.yaml|password/);
    expect(body).toContain('rotate');
  });

  test('in a private repository it says where', () => {
    expect(renderAlert(directPush({ review: review([secret]) })).body).toContain('apps/payments/db.yaml');
  });

  test('leaves out what stood there before, and the finding about the push itself', () => {
    const { body } = renderAlert(
      directPush({ review: review([finding({ introduced: false }), finding({ ruleId: 'no-direct-push' })]) }),
    );
    expect(body).toContain('The rules found nothing in what was pushed.');
    expect(body).not.toContain('no-direct-push');
  });

  test('what was not checked is never shown as passed', () => {
    const { body } = renderAlert(directPush({ review: null, notChecked: ['It was too large.'] }));
    expect(body).toContain('**Not checked:** It was too large.');
    expect(body).not.toContain('found nothing');
    expect(body).toContain('Unknown, because the push could not be reviewed.');
  });

  test('names of strangers mean nothing in it', () => {
    const evil =
      '@everyone <img src=x onerror=alert(1)> [x](https://evil.example) `code` <!-- gitops-warden:alert';
    const { title, body } = renderAlert(
      directPush({
        ref: `refs/heads/${evil}`,
        pusher: evil,
        evidence: evil,
        notChecked: [evil],
        review: review([
          finding({
            message: evil,
            subject: { type: 'file', path: evil, range: null, object: null, commit: null },
          }),
        ]),
      }),
    );
    const outsideCode = body
      .replaceAll(/^(`{3,})sh\n[\s\S]*?\n\1$/gm, '')
      .replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
    expect(outsideCode).not.toMatch(/@everyone|<img|\]\(https:\/\/evil/);
    expect(body.match(/<!--/g)?.length).toBeGreaterThanOrEqual(1);
    expect(body.trimEnd().split('\n').at(-1)).toMatch(/^<!-- gitops-warden:alert [0-9a-f]{32} -->$/);
    expect(title).not.toContain('\n');
  });

  test('fits an issue however much there is, and still ends with its marker', () => {
    const many = Array.from({ length: 60 }, () => finding({ message: 'x'.repeat(3_000) }));
    const alert = directPush({
      review: review(many),
      notChecked: Array.from({ length: 500 }, () => 'y'.repeat(500)),
    });
    const { title, body } = renderAlert(alert);
    expect(body.length).toBeLessThan(65_536);
    expect(body).toContain('Cut here');
    expect(body.endsWith(alertMarker(incidentOf(alert)))).toBe(true);
    expect(title.length).toBeLessThanOrEqual(256);
  });

  test('counts the findings that it does not list', () => {
    const { body } = renderAlert(directPush({ review: review(Array.from({ length: 53 }, () => finding())) }));
    expect(body).toContain('and 13 more');
  });
});

test('the marker tells incidents apart', () => {
  const markers = [
    directPush(),
    directPush({ ref: 'refs/heads/dev' }),
    directPush({ after: 'd'.repeat(40) }),
    directPush({ repository: { ...directPush().repository, id: 6 } }),
  ].map((alert) => alertMarker(incidentOf(alert)));
  expect(new Set(markers).size).toBe(4);
  expect(alertMarker(incidentOf(directPush({ pusher: 'renamed', commits: null })))).toBe(markers[0]);
});

describe('several pushes', () => {
  const third = 'd'.repeat(40);
  const second = directPush({
    before: AFTER,
    after: third,
    pusher: 'eve',
    commits: [{ sha: third, merge: false }],
    review: {
      ...directPush().review!,
      findings: [finding(), finding({ fingerprint: '1'.repeat(32), message: 'Another one.' })],
    },
  });

  test('are one issue with a list, all findings once and one way back', () => {
    const { title, body } = renderAlert(directPush(), second);
    expect(title).toBe('2 direct pushes to main by mallory and eve, past the review');
    expect(body).toContain('2 pushes, oldest first:');
    expect(body.match(/Container `web` is privileged/g)).toHaveLength(1);
    expect(body).toContain('Another one.');
    expect(body).toContain(`git revert --no-edit ${BEFORE}..${third}`);
    expect(body).not.toContain('part 2');
  });

  test('with a merge in between are undone one by one, newest first', () => {
    const other = 'e'.repeat(40);
    const { body } = renderAlert(directPush(), { ...second, before: other });
    const first = body.indexOf(`git revert --no-edit ${other}..${third}`);
    expect(first).toBeGreaterThan(0);
    expect(body.indexOf(`git revert --no-edit ${BEFORE}..${AFTER}`)).toBeGreaterThan(first);
  });

  test('more than are listed are counted', () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      directPush({ before: String(index % 10).repeat(40), after: String((index + 1) % 10).repeat(40) }),
    );
    const { body } = renderAlert(directPush(), ...many);
    expect(body).toContain('31 pushes, oldest first:');
    expect(body).toContain('… 11 pushes in between');
  });
});

test('a merge past the rules says so, and not that there was no pull request', () => {
  const { title, body } = renderAlert(
    directPush({ bypass: { actor: 'mallory', merged: true }, evidence: "GitHub's insights say so." }),
  );
  expect(title).toBe('Merge into main by mallory, past the rules');
  expect(body).toContain('merged a pull request into `main` past its rules');
  expect(body).not.toContain('nobody reviewed');
});

test('a push that the policy allows says that it is about what was found', () => {
  const { title, body } = renderAlert(directPush({ allowed: true, pusher: 'image-updater[bot]' }));
  expect(title).toBe('Push to main by image-updater[bot] with findings that block');
  expect(body).not.toContain('nobody reviewed');
});

test('weaker protection says what, what it means, and how to put it back', () => {
  const { title, body } = renderAlert(weakened());
  expect(title).toBe('Branch protection of main was weakened by mallory');
  expect(body).toContain(
    '- The check `gitops-warden` is not required any more. What gitops-warden refuses can be merged.',
  );
  expect(body).toContain('Add `gitops-warden` to the required checks.');
  expect(body).toContain('[The settings](https://github.com/acme/deploy/settings/branches)');
  expect(body).toContain('since the change was held to less');
});

test.each([
  ['no-plaintext-secret', true],
  ['sops-file-not-encrypted', true],
  ['aws-access-token', true],
  ['no-open-ingress', false],
  ['no-privileged-container', false],
])('mayRevealCredential(%s) is %s', (ruleId, expected) => {
  expect(mayRevealCredential(ruleId)).toBe(expected);
});
