import { describe, expect, test } from '@jest/globals';
import { mayRevealCredential, alertMarker, renderAlert } from '../../src/alerts/render.ts';
import { AFTER, BEFORE, directPush, finding } from './fixtures.ts';

describe('renderAlert', () => {
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
      '## How to undo it',
      'Revert it on a branch, then open a pull request from that branch.',
      `\`\`\`sh\ngit fetch origin refs/heads/main\ngit switch --create revert-aaaaaaaaaaaa FETCH_HEAD\ngit revert --no-edit ${BEFORE}..${AFTER}\ngit push origin revert-aaaaaaaaaaaa\n\`\`\``,
      `Judged under the policy of the revision before the push: [\`.github/gitops-warden.yml\`](https://github.com/acme/deploy/blob/${BEFORE}/.github/gitops-warden.yml) (\`cccccccccccc\`).`,
      alertMarker(directPush()),
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
    expect(body.endsWith(alertMarker(alert))).toBe(true);
    expect(title.length).toBeLessThanOrEqual(256);
  });

  test('counts the findings that it does not list', () => {
    const { body } = renderAlert(directPush({ review: review(Array.from({ length: 53 }, () => finding())) }));
    expect(body).toContain('and 3 more');
  });
});

test('the marker tells pushes apart', () => {
  const markers = [
    directPush(),
    directPush({ ref: 'refs/heads/dev' }),
    directPush({ after: 'd'.repeat(40) }),
    directPush({ repository: { ...directPush().repository, id: 6 } }),
  ].map(alertMarker);
  expect(new Set(markers).size).toBe(4);
  expect(alertMarker(directPush({ pusher: 'renamed', commits: null }))).toBe(markers[0]);
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
