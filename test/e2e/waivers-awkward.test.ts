import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository, IssueComment, PullRequest } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { answersOn, conclusionOn, sayOn } from './conversation.ts';
import { deployment, HEALTHY, openStage } from './support.ts';

const WEB = 'apps/web/deployment.yaml';
const RULE = 'no-privileged-container';
const WHY = 'because the agent needs the host until release 4';
const WAIVE = `/warden waive ${RULE} ${WHY}`;
const BAD = { [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) };

let stage: Stage;
let repository: EmbeddedRepository;
let serial = 0;

beforeAll(async () => {
  stage = await openStage({ appOptions: { timing: { retrySeconds: 0.2 } } });
});
beforeEach(async () => {
  serial += 1;
  repository = await stage.github.createRepository(`acme/awkward-${String(serial)}`, {
    protectedBranches: ['main'],
  });
  stage.github.setRole(repository, 'mona', 'maintain');
  await stage.github.commit(repository, { branch: 'main', files: HEALTHY, message: 'Base' });
});
afterEach(() => {
  stage.github.clearFailures();
  expect(stage.github.contractViolations).toEqual([]);
});
afterAll(async () => {
  await stage.close();
});

const commitBase = (files: Record<string, string>): Promise<string> =>
  stage.github.commit(repository, { branch: 'main', files, message: 'Configure' });

async function open(files: Record<string, string | null> = BAD, branch = 'change'): Promise<PullRequest> {
  await stage.github.commit(repository, { branch, from: 'main', files, message: 'Change' });
  const pull = await stage.github.openPullRequest(repository, {
    title: 'Change',
    head: branch,
    user: 'alice',
  });
  await stage.answered();
  return pull;
}

const say = (pull: PullRequest, user: string, body: string): Promise<IssueComment> =>
  sayOn(stage, pull, user, body);

const conclusionOf = (pull: PullRequest): string | null | undefined => conclusionOn(stage, pull);
const answersTo = (pull: PullRequest): string[] => answersOn(stage, pull);

describe('several commands in one comment', () => {
  test('are each answered, and judged once', async () => {
    await commitBase({ '.github/gitops-warden.yml': 'rules: {no-mutable-image-tag: error}\n' });
    const pull = await open({ [WEB]: deployment('ghcr.io/acme/web:latest', true) });
    const before = stage.github.checkRuns(repository, pull.head.sha).length;
    await say(
      pull,
      'mona',
      `${WAIVE}\n\n/warden waive no-mutable-image-tag because the vendor has no other\n/warden frobnicate\n/warden recheck`,
    );
    const [answer, ...others] = answersTo(pull);
    expect(others).toEqual([]);
    expect(answer?.match(/\*\*Waived until/g)).toHaveLength(2);
    expect(answer?.match(/\*\*Not done\.\*\*/g)).toHaveLength(1);
    expect(conclusionOf(pull)).toBe('success');
    expect(stage.github.checkRuns(repository, pull.head.sha)).toHaveLength(before + 1);
  });

  test('of which one could not be asked about at first leave no verdict that rests on what was taken back', async () => {
    await commitBase({ '.github/gitops-warden.yml': 'rules: {no-mutable-image-tag: error}\n' });
    const pull = await open({ [WEB]: deployment('ghcr.io/acme/web:latest', true) });
    await say(pull, 'mona', `${WAIVE}\n\n/warden waive no-mutable-image-tag because the vendor has no other`);
    expect(conclusionOf(pull)).toBe('success');
    // The first attempt takes one waiver back, and ends at the other command, which the second one refuses.
    for (let index = 0; index < 40; index += 1) {
      stage.github.failNext({ method: 'GET', path: /\/pulls\/\d+\/commits/, status: 502, when: 'before' });
    }
    const asked = (): boolean =>
      stage.github.requests.some(({ path, status }) => /\/pulls\/\d+\/commits/.test(path) && status === 502);
    stage.github.writeComment(pull, 'mona', `/warden unwaive no-mutable-image-tag\n${WAIVE}`);
    while (!asked()) await new Promise((resolve) => setTimeout(resolve, 20));
    stage.github.setRole(repository, 'mona', 'read');
    stage.github.clearFailures();
    await stage.answered();
    expect(conclusionOf(pull)).toBe('failure');
  });
});

describe('a rule that the repository brings', () => {
  const FOLDER = '.github/gitops-warden/rules/known-tier';
  const rule = `id: known-tier
severity: error
scope: manifest
waivable: false
summary: Every ConfigMap has a tier.
message: '{kind} \`{name}\` has no tier.'
remediation: Add one.
match: {kinds: [v1/ConfigMap]}
schema: {properties: {metadata: {required: [labels]}}}
`;
  const files = {
    'apps/web/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: web}\n',
  };

  test('and that cannot be waived is not called waived', async () => {
    await commitBase({ [`${FOLDER}/rule.yaml`]: rule });
    const pull = await open(files);
    expect(conclusionOf(pull)).toBe('failure');
    await say(pull, 'mona', `/warden waive known-tier ${WHY}`);
    expect(answersTo(pull)).toEqual([
      expect.stringContaining('Findings of `known-tier` cannot be waived here, by anybody.'),
    ]);
    stage.github.pressButton(
      stage.github.checkRuns(repository, pull.head.sha).at(-1)?.id ?? 0,
      'request-waiver',
      'alice',
    );
    await stage.answered();
    expect(answersTo(pull).at(-1)).toContain('none is possible');
  });

  test('can be waived and explained as any other', async () => {
    await commitBase({ [`${FOLDER}/rule.yaml`]: rule.replace('waivable: false\n', '') });
    const pull = await open(files);
    await say(pull, 'mona', '/warden explain known-tier');
    expect(answersTo(pull).at(-1)).toContain('Every ConfigMap has a tier.');
    await say(pull, 'mona', `/warden waive known-tier ${WHY}`);
    expect(conclusionOf(pull)).toBe('success');
  });
});

describe('what a waiver covers', () => {
  const OTHER = 'apps/other/deployment.yaml';
  const other = deployment('ghcr.io/acme/other:1.0.0', true).replaceAll('web', 'other');

  test('with a path are the findings in files that match, and no others', async () => {
    const pull = await open({ ...BAD, [OTHER]: other });
    await say(pull, 'mona', `/warden waive ${RULE} path apps/web/** ${WHY}`);
    expect(answersTo(pull).at(-1)?.match(/^- /gm)).toHaveLength(1);
    expect(conclusionOf(pull)).toBe('failure');
    await say(pull, 'mona', `/warden waive ${RULE} path "apps/[broken" ${WHY}`);
    expect(answersTo(pull).at(-1)).toContain('**Not done.**');
    await say(pull, 'mona', `/warden waive ${RULE} path apps/other/*.yaml ${WHY}`);
    expect(conclusionOf(pull)).toBe('success');
  });

  test('stays when lines move above it, and ends when the file gets another name', async () => {
    const pull = await open();
    await say(pull, 'mona', WAIVE);
    const text = deployment('ghcr.io/acme/web:1.0.1', true);
    await stage.github.pushToPullRequest(pull, {
      files: { [WEB]: `# One more line.\n# And another.\n${text}` },
      message: 'Move',
    });
    await stage.answered();
    expect(conclusionOf(pull)).toBe('success');
    await stage.github.pushToPullRequest(pull, {
      files: { [WEB]: null, 'apps/web/renamed.yaml': text },
      message: 'Rename',
    });
    await stage.answered();
    expect(conclusionOf(pull)).toBe('failure');
  });

  test('an ignore comment that the pull request brings can be accepted by a waiver, and by nothing else', async () => {
    const text = deployment('ghcr.io/acme/web:1.0.1', true).replace(
      'privileged: true',
      `privileged: true # gitops-warden:ignore ${RULE} the agent needs the host`,
    );
    const pull = await open({ [WEB]: text });
    expect(conclusionOf(pull)).toBe('failure');
    await say(pull, 'mona', WAIVE);
    expect(conclusionOf(pull)).toBe('success');
    // What was merged is on the base: from then on the comment counts, also for another image.
    await stage.github.merge(pull, 'merge', 'mona');
    await stage.answered();
    const next = await open({ [WEB]: text.replace('1.0.1', '1.0.2') }, 'next');
    expect(conclusionOf(next)).toBe('success');
  });
});

describe('who may', () => {
  test('is asked when the command is carried out, and not when it was written', async () => {
    const pull = await open();
    stage.github.setOutage(true);
    stage.github.writeComment(pull, 'mona', WAIVE);
    await new Promise((resolve) => setTimeout(resolve, 300));
    stage.github.setRole(repository, 'mona', 'read');
    stage.github.setOutage(false);
    await stage.answered();
    expect(answersTo(pull)).toEqual([expect.stringContaining('Waivers here are given by')]);
    expect(conclusionOf(pull)).toBe('failure');
  });

  test('the owner of the fork from which a pull request comes may not', async () => {
    const fork = await stage.github.createRepository(`mona/awkward-${String(serial)}`, {
      forkOf: repository,
    });
    await stage.github.commit(fork, {
      branch: 'change',
      from: 'main',
      files: BAD,
      message: 'Change',
      author: 'nobody',
    });
    const pull = await stage.github.openPullRequest(repository, {
      title: 'Change',
      head: 'change',
      headRepository: fork,
      user: 'alice',
    });
    await stage.answered();
    await say(pull, 'mona', WAIVE);
    expect(answersTo(pull).at(-1)).toContain('cannot waive');
    expect(conclusionOf(pull)).toBe('failure');
  });
});

test('the button is answered once in a conversation that is longer than what is read of it', async () => {
  const pull = await open();
  const old = stage.github.writeComment(pull, 'carol', 'Hm.');
  await stage.answered();
  for (let index = 0; index < 1_100; index += 1) {
    stage.github.insertComment(pull, { ...old, id: 1_000_000 + index, createdAt: '2020-01-01T00:00:00Z' });
  }
  const [run] = stage.github.checkRuns(repository, pull.head.sha);
  for (let pressed = 0; pressed < 2; pressed += 1) {
    stage.github.pressButton(run?.id ?? 0, 'request-waiver', 'alice');
    await stage.answered();
  }
  expect(answersTo(pull)).toHaveLength(1);
});

test('somebody of the repository whose membership is private may ask for another look', async () => {
  const pull = await open();
  stage.github.setRole(repository, 'hidden', 'write');
  const before = stage.github.checkRuns(repository, pull.head.sha).length;
  const comment = await say(pull, 'carol', 'Fine.');
  const delivery = stage.github.deliveries.findLast(({ event }) => event === 'issue_comment');
  const payload = structuredClone(delivery?.payload) as {
    comment: Record<string, unknown>;
    sender: { login: string };
  };
  Object.assign(payload.comment, {
    body: '/warden recheck',
    id: comment.id,
    author_association: 'CONTRIBUTOR',
  });
  Object.assign(payload.comment['user'] as object, { login: 'hidden' });
  payload.sender.login = 'hidden';
  await stage.github.deliver('issue_comment', payload);
  await stage.answered();
  expect(answersTo(pull)).toEqual([]);
  expect(stage.github.checkRuns(repository, pull.head.sha)).toHaveLength(before + 1);
});

test('all findings of a large pull request can be waived again with another end', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `a${String(index)}`);
  const files = Object.fromEntries(
    names.map((name) => [
      `apps/${name}.yaml`,
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: web}\nspec: {containers: [{name: a, image: "ghcr.io/acme/a:1.0.0", securityContext: {privileged: true}}]}\n`,
    ]),
  );
  const pull = await open(files);
  await say(pull, 'mona', WAIVE);
  expect(answersTo(pull).at(-1)).toContain('and 280 more');
  await say(pull, 'mona', `/warden waive ${RULE} ${WHY} and a little longer`);
  expect(answersTo(pull).at(-1)).toContain('**Waived until');
});
