import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedRepository, IssueComment, PullRequest } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { systemClock } from '../../src/github/clock.ts';
import { openStore } from '../../src/store/store.ts';
import { answersOn, conclusionOn, sayOn } from './conversation.ts';
import { deployment, HEALTHY, openStage } from './support.ts';

const WEB = 'apps/web/deployment.yaml';
const RULE = 'no-privileged-container';
const WAIVE = `/warden waive ${RULE} because the agent needs the host until release 4`;
const DAY = 86_400_000;

let stage: Stage;
let repository: EmbeddedRepository;
/** How far ahead of the real time the App's clock is, in milliseconds. */
let ahead = 0;

let serial = 0;

beforeAll(async () => {
  const clock = { ...systemClock, now: () => Date.now() + ahead };
  stage = await openStage({ appOptions: { clock } });
});
beforeEach(async () => {
  ahead = 0;
  serial += 1;
  repository = await stage.github.createRepository(`acme/deploy-${String(serial)}`, {
    protectedBranches: ['main'],
  });
  stage.github.setRole(repository, 'mona', 'maintain');
  await stage.github.commit(repository, { branch: 'main', files: HEALTHY, message: 'Base' });
});
afterEach(() => {
  expect(stage.github.contractViolations).toEqual([]);
});
afterAll(async () => {
  await stage.close();
});

async function commitBase(files: Record<string, string>): Promise<void> {
  await stage.github.commit(repository, { branch: 'main', files, message: 'Configure' });
}

async function open(
  files: Record<string, string> = { [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) },
): Promise<PullRequest> {
  await stage.github.commit(repository, { branch: 'change', files, message: 'Change' });
  const pull = await stage.github.openPullRequest(repository, {
    title: 'Change',
    head: 'change',
    user: 'alice',
  });
  await stage.answered();
  return pull;
}

const say = (pull: PullRequest, user: string, body: string): Promise<IssueComment> =>
  sayOn(stage, pull, user, body);

const conclusionOf = (pull: PullRequest): string | null | undefined => conclusionOn(stage, pull);
const summaryOf = (pull: PullRequest): string =>
  stage.github.checkRuns(repository, pull.head.sha).at(-1)?.summary ?? '';
const answersTo = (pull: PullRequest): string[] => answersOn(stage, pull);

async function auditOf(): Promise<
  { action: string; actor: string; subject: string; reason: string | null; detail: unknown }[]
> {
  const { dataDirectory } = stage.settings;
  const store = await openStore({ databaseUrl: null, dataDirectory });
  try {
    const entries = [];
    for await (const page of store.audit.search({}))
      entries.push(...page.filter((entry) => entry.repository === repository.fullName));
    return entries;
  } finally {
    await store.close();
  }
}

describe('the life of a waiver', () => {
  test('asked for, refused to the author, given by a maintainer, passes, survives a push, ends, blocks', async () => {
    const pull = await open();
    expect(conclusionOf(pull)).toBe('failure');
    const [run] = stage.github.checkRuns(repository, pull.head.sha);
    stage.github.pressButton(run?.id ?? 0, 'request-waiver', 'alice');
    await stage.answered();
    stage.github.pressButton(run?.id ?? 0, 'request-waiver', 'alice');
    await stage.answered();
    const [request, ...others] = answersTo(pull);
    expect(others).toEqual([]);
    expect(request).toMatch(
      /`alice` asks for a waiver\. It can be given by people with the role `maintain` or more/,
    );
    const command = /`(\/warden waive [0-9a-f]{12} because) …`/.exec(request ?? '')?.[1] ?? '';

    await say(pull, 'alice', `${command} I am in a hurry`);
    expect(answersTo(pull).at(-1)).toContain('Whoever opened the pull request cannot waive what it brings');
    expect(conclusionOf(pull)).toBe('failure');

    await say(pull, 'mona', `${command} the agent needs the host until release 4`);
    expect(answersTo(pull).at(-1)).toMatch(
      /\*\*Waived until \d{4}-\d\d-\d\d:\*\* the agent needs the host until release 4/,
    );
    expect(conclusionOf(pull)).toBe('success');
    expect(summaryOf(pull)).toContain('### Waivers in force');
    expect(summaryOf(pull)).toMatch(
      /\| the agent needs the host until release 4 \| `mona`, in a comment on the pull request \| until/,
    );

    await stage.github.pushToPullRequest(pull, { files: { 'README.md': 'More.\n' }, message: 'More' });
    await stage.answered();
    expect(conclusionOf(pull)).toBe('success');

    ahead = 91 * DAY;
    await say(pull, 'alice', '/warden recheck');
    expect(conclusionOf(pull)).toBe('failure');
    expect(summaryOf(pull)).toMatch(/The waiver for it ended on \d{4}-\d\d-\d\d\. `mona` gave it/);
    const actions = (await auditOf()).filter(({ action }) => action.startsWith('waiver-'));
    expect(actions.map(({ action, actor }) => [action, actor])).toEqual([
      ['waiver-requested', 'alice'],
      ['waiver-refused', 'alice'],
      ['waiver-granted', 'mona'],
      ['waiver-expired', 'gitops-warden'],
    ]);
    expect(actions[2]).toMatchObject({
      subject: `pull/${String(pull.number)}`,
      reason: 'the agent needs the host until release 4',
      detail: { ruleId: RULE },
    });
  });

  test('the sweep finds a verdict that rests on a waiver which has ended', async () => {
    await commitBase({
      '.github/gitops-warden/waivers.yml': `waivers: [{rule: ${RULE}, reason: The old agent., approver: ada, until: ${new Date(Date.now() + DAY).toISOString().slice(0, 10)}}]\n`,
    });
    const pull = await open();
    expect(conclusionOf(pull)).toBe('success');
    const { ledger } = await openStore({ databaseUrl: null, dataDirectory: stage.settings.dataDirectory });
    const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
    const judged = (time: number): Promise<ReadonlySet<string>> =>
      ledger.judgedAmong(repository.id, [pull.head.sha], day(time));
    expect((await judged(Date.now())).size).toBe(1);
    expect((await judged(Date.now() + 2 * DAY)).size).toBe(0);
  });

  test('what a later push alters has to be waived anew, and another value is another finding', async () => {
    await commitBase({ '.github/gitops-warden.yml': 'rules: {no-mutable-image-tag: error}\n' });
    const pull = await open({ [WEB]: deployment('ghcr.io/acme/web:latest') });
    await say(pull, 'mona', '/warden waive no-mutable-image-tag because the vendor has no other tag');
    expect(conclusionOf(pull)).toBe('success');
    await stage.github.pushToPullRequest(pull, {
      files: { [WEB]: deployment('evil.example/web:latest') },
      message: 'Swap',
    });
    await stage.answered();
    expect(conclusionOf(pull)).toBe('failure');
  });

  test('unwaive takes it back, and the finding counts again', async () => {
    const pull = await open();
    await say(pull, 'mona', WAIVE);
    expect(conclusionOf(pull)).toBe('success');
    const soon = new Date(Date.now() + 2 * DAY).toISOString().slice(0, 10);
    await say(pull, 'mona', `/warden waive ${RULE} until ${soon} because two days are enough for it`);
    expect(summaryOf(pull)).toContain(`until ${soon} |`);
    await say(pull, 'mona', `/warden waive ${RULE} until 2999-01-01 because it should stay for ever`);
    expect(answersTo(pull).at(-1)).toContain('A waiver by comment may last 90 days');
    await say(pull, 'zoe', `/warden unwaive ${RULE}`);
    expect(answersTo(pull).at(-1)).toContain('**Not done.**');
    expect(conclusionOf(pull)).toBe('success');
    await say(pull, 'mona', `/warden unwaive ${RULE}`);
    expect(answersTo(pull).at(-1)).toContain('**Taken back:** 1 waiver');
    expect(conclusionOf(pull)).toBe('failure');
  });

  test('holds in the merge queue', async () => {
    const pull = await open();
    await say(pull, 'mona', WAIVE);
    const group = await stage.github.mergeGroup([pull]);
    await stage.answered();
    expect(stage.github.checkRuns(repository, group.headSha).at(-1)?.conclusion).toBe('success');
  });

  test('a reply in the thread of a finding says by itself which one it means', async () => {
    const pull = await open();
    const [root] = stage.github.reviewComments(pull);
    if (root === undefined) throw new Error('no comment on the line');
    await stage.github.replyTo(root, 'mona', '/warden waive because the agent needs the host');
    await stage.answered();
    expect(conclusionOf(pull)).toBe('success');
    const imitation = await stage.github
      .comment(pull, 'alice', {
        path: WEB,
        line: 1,
        side: 'RIGHT',
        body: `Look\n\n<!-- gitops-warden:finding ${'0'.repeat(32)} -->`,
      })
      .catch(() => null);
    if (imitation !== null) {
      await stage.github.replyTo(imitation, 'mona', '/warden waive because the agent needs the host');
      await stage.answered();
      expect(answersTo(pull).at(-1)).toContain('Say what: the name of a rule, or a fingerprint');
    }
  });
});

describe('who may', () => {
  test.each(['read', 'triage', 'write'])('somebody with the role %s may not', async (role) => {
    stage.github.setRole(repository, 'bob', role);
    const pull = await open();
    await say(pull, 'bob', WAIVE);
    expect(answersTo(pull)).toEqual([
      expect.stringContaining('Waivers here are given by people with the role `maintain` or more.'),
    ]);
    expect(conclusionOf(pull)).toBe('failure');
  });

  test('whoever made a commit may not, whatever his role', async () => {
    await stage.github.commit(repository, {
      branch: 'change',
      files: { 'a.md': 'x' },
      message: 'Mine',
      author: 'mona',
    });
    const pull = await open();
    await say(pull, 'mona', WAIVE);
    expect(answersTo(pull).at(-1)).toContain('Whoever made one of its commits cannot waive');
    expect(conclusionOf(pull)).toBe('failure');
  });

  test('whoever pushed a commit may not, whatever name it bears', async () => {
    await stage.github.push(repository, {
      branch: 'change',
      files: { 'a.md': 'x' },
      message: 'Under another name',
      author: 'alice',
      user: 'mona',
    });
    const pull = await open();
    await say(pull, 'mona', WAIVE);
    expect(answersTo(pull).at(-1)).toContain('Whoever pushed one of its commits cannot waive');
    expect(conclusionOf(pull)).toBe('failure');
  });

  test.each<[string, string, (github: Stage['github']) => void]>([
    [
      'a member of a team',
      '{teams: [security]}',
      (github) => {
        github.setTeam('acme/security', 'bob');
      },
    ],
    ['a user by login', '{users: [Bob]}', () => undefined],
    [
      'a custom role',
      '{roles: [release-manager]}',
      (github) => {
        github.setRole(repository, 'bob', 'release-manager');
      },
    ],
    ['a code owner', '{codeOwners: true}', () => undefined],
    [
      'somebody with write, where the policy says so',
      '{permission: write}',
      (github) => {
        github.setRole(repository, 'bob', 'write');
      },
    ],
  ])('%s may, and a maintainer may not', async (_, allow, prepare) => {
    await commitBase({
      '.github/gitops-warden.yml': `waivers: {allow: ${allow}}\n`,
      '.github/CODEOWNERS': '* @acme/all\n/apps/ @bob\n',
    });
    prepare(stage.github);
    stage.github.setRole(repository, 'mona', 'triage');
    const pull = await open();
    await say(pull, 'mona', WAIVE);
    expect(conclusionOf(pull)).toBe('failure');
    await say(pull, 'bob', WAIVE);
    expect(answersTo(pull).at(-1)).toContain('**Waived until');
    expect(conclusionOf(pull)).toBe('success');
  });

  test('an invitation that was not accepted is no membership', async () => {
    await commitBase({ '.github/gitops-warden.yml': 'waivers: {allow: {teams: [security]}}\n' });
    stage.github.setTeam('acme/security', 'bob', 'pending');
    const pull = await open();
    await say(pull, 'bob', WAIVE);
    expect(answersTo(pull).at(-1)).toContain('members of `security`');
    expect(conclusionOf(pull)).toBe('failure');
  });

  test('a missing permission is named with what it stops, and counts as no', async () => {
    await commitBase({ '.github/gitops-warden.yml': 'waivers: {allow: {teams: [security]}}\n' });
    stage.github.setTeam('acme/security', 'bob');
    const pull = await open();
    stage.github.failNext({ method: 'GET', path: /\/orgs\//, status: 403, when: 'before' });
    await say(pull, 'bob', WAIVE);
    expect(answersTo(pull).at(-1)).toMatch(
      /The App lacks the permission `members=read`, so it cannot see members of teams/,
    );
    expect(conclusionOf(pull)).toBe('failure');
  });

  test('a pull request that edits policy or waiver file does not profit from it', async () => {
    const pull = await open({
      [WEB]: deployment('ghcr.io/acme/web:1.0.1', true),
      '.github/gitops-warden.yml': 'waivers: {allow: {users: [bob]}}\n',
      '.github/gitops-warden/waivers.yml': `waivers: [{rule: ${RULE}, reason: The old agent., approver: ada, until: 2099-01-01}]\n`,
    });
    expect(conclusionOf(pull)).toBe('failure');
    await say(pull, 'bob', WAIVE);
    expect(conclusionOf(pull)).toBe('failure');
  });

  test('a rule that the policy protects cannot be waived, by nobody', async () => {
    await commitBase({ '.github/gitops-warden.yml': `waivers: {unwaivable: [${RULE}]}\n` });
    const pull = await open();
    await say(pull, 'mona', WAIVE);
    expect(answersTo(pull)).toEqual([
      expect.stringContaining(`Findings of \`${RULE}\` cannot be waived here, by anybody.`),
    ]);
    stage.github.pressButton(
      stage.github.checkRuns(repository, pull.head.sha)[0]?.id ?? 0,
      'request-waiver',
      'alice',
    );
    await stage.answered();
    expect(answersTo(pull).at(-1)).toContain('none is possible');
  });

  test('what was pushed after the approver looked is not approved', async () => {
    const pull = await open();
    const early = new Date(Date.now() - 60_000).toISOString().replace(/\.\d+/, '');
    const comment = stage.github.writeComment(pull, 'mona', 'Looks fine.');
    await stage.answered();
    const delivery = stage.github.deliveries.findLast(({ event }) => event === 'issue_comment');
    const payload = structuredClone(delivery?.payload) as {
      comment: { created_at: string; body: string; id: number };
    };
    Object.assign(payload.comment, { created_at: early, body: WAIVE, id: comment.id });
    await stage.github.deliver('issue_comment', payload);
    await stage.answered();
    expect(answersTo(pull)).toEqual([
      expect.stringContaining('the check on the current head had no verdict yet'),
    ]);
    expect(conclusionOf(pull)).toBe('failure');
  });
});

describe('comments', () => {
  test.each<[string, string]>([
    ['a quoted command', `> ${WAIVE}`],
    ['a command in code', `\`\`\`\n${WAIVE}\n\`\`\``],
    ['a comment without a command', 'What does /warden want?'],
  ])('%s does nothing and gets no answer', async (_, body) => {
    const pull = await open();
    const comment = await say(pull, 'mona', body);
    expect([answersTo(pull), stage.github.reactions(comment), conclusionOf(pull)]).toEqual([
      [],
      [],
      'failure',
    ]);
  });

  test('what is edited into a comment does nothing, and editing or deleting one that counted changes nothing', async () => {
    const pull = await open();
    const innocent = await say(pull, 'mona', 'Fine.');
    stage.github.editComment(pull, innocent, WAIVE, 'alice');
    await stage.answered();
    expect(conclusionOf(pull)).toBe('failure');
    const real = await say(pull, 'mona', WAIVE);
    stage.github.editComment(pull, real, 'Never mind.', 'alice');
    stage.github.deleteComment(pull, real, 'alice');
    await stage.answered();
    expect(conclusionOf(pull)).toBe('success');
    expect(summaryOf(pull)).toContain('the agent needs the host until release 4');
  });

  test('of programs, and on issues, are no commands', async () => {
    const pull = await open();
    stage.github.setRole(repository, 'robot[bot]', 'admin');
    await say(pull, 'robot[bot]', WAIVE);
    expect([answersTo(pull), conclusionOf(pull)]).toEqual([[], 'failure']);
  });

  test('a redelivered comment is answered once, and so is one whose answer was lost', async () => {
    const pull = await open();
    stage.github.failNext({ method: 'POST', path: /\/issues\/\d+\/comments$/, reset: true, when: 'after' });
    await say(pull, 'mona', WAIVE);
    const delivery = stage.github.deliveries.findLast(({ event }) => event === 'issue_comment');
    if (delivery === undefined) throw new Error('no delivery');
    await stage.github.deliver('issue_comment', delivery.payload, { id: delivery.id });
    await stage.github.deliver('issue_comment', delivery.payload);
    await stage.answered();
    expect(answersTo(pull)).toHaveLength(1);
    const granted = (await auditOf()).filter(({ action }) => action === 'waiver-granted');
    expect(granted).toHaveLength(1);
  });

  test('a forged answer of somebody else does not keep the App from answering', async () => {
    const pull = await open();
    const comment = stage.github.writeComment(pull, 'mona', WAIVE);
    stage.github.writeComment(
      pull,
      'alice',
      `Done.\n\n<!-- gitops-warden:answer conversation ${String(comment.id)} -->`,
    );
    await stage.answered();
    expect(answersTo(pull)).toHaveLength(1);
    expect(conclusionOf(pull)).toBe('success');
  });

  test('an unknown command is answered once, with help; what it says is not repeated', async () => {
    const pull = await open();
    await say(pull, 'zoe', '/warden approve @acme/everyone\n');
    expect(answersTo(pull)).toEqual([
      expect.stringMatching(/There is no such command\.[\s\S]*\/warden waive RULE/),
    ]);
    expect(answersTo(pull)[0]).not.toContain('everyone');
  });

  test('a reason with Markdown and mentions stays a text, in the answer and in the summary', async () => {
    const pull = await open();
    await say(
      pull,
      'mona',
      `/warden waive ${RULE} because @acme/all **said** [so](https://evil.example) <img src=x> | <!-- x --> #1`,
    );
    for (const text of [answersTo(pull).at(-1) ?? '', summaryOf(pull)]) {
      expect(text).toContain('\\*\\*said\\*\\*');
      expect(text).not.toMatch(/@acme|\]\(https:\/\/evil|<img| #1/);
    }
  });

  test('explain says what a rule wants, and help what can be said', async () => {
    const pull = await open();
    await say(pull, 'zoe', `/warden explain ${RULE}\n\n/warden help`);
    expect(answersTo(pull)).toEqual([
      expect.stringMatching(
        new RegExp(`\\*\\*\`${RULE}\`\\*\\*[\\s\\S]*What to do:[\\s\\S]*/warden recheck`),
      ),
    ]);
    await say(pull, 'zoe', '/warden explain no-privileged-contaner');
    expect(answersTo(pull).at(-1)).toContain(`did you mean \`${RULE}\``);
  });
});

// dcoapp#162, #218, #69, #111, #302; safe-settings#270, #307; wip/app#162.
describe('a check that hangs in "Expected — waiting"', () => {
  test('is got by /warden recheck, from the author and from somebody of the repository', async () => {
    const pull = await open();
    const runs = (): number => stage.github.checkRuns(repository, pull.head.sha).length;
    const before = runs();
    const comment = await say(pull, 'alice', '/warden recheck');
    expect(runs()).toBe(before + 1);
    expect(conclusionOf(pull)).toBe('failure');
    expect([answersTo(pull), stage.github.reactions(comment)]).toEqual([[], ['eyes']]);
  });

  test('is got when the webhook of the pull request was lost', async () => {
    stage.github.setWebhookUrl(null);
    const pull = await open();
    expect(conclusionOf(pull)).toBeUndefined();
    stage.github.setWebhookUrl(`${stage.app.url}/api/github/webhooks`);
    await say(pull, 'alice', '/warden recheck');
    expect(conclusionOf(pull)).toBe('failure');
  });

  test('is got by the button of the check', async () => {
    const pull = await open();
    const [run] = stage.github.checkRuns(repository, pull.head.sha);
    expect(run?.actions.map(({ identifier }) => identifier)).toEqual(['recheck', 'request-waiver']);
    stage.github.pressButton(run?.id ?? 0, 'recheck', 'zoe');
    await stage.answered();
    expect(stage.github.checkRuns(repository, pull.head.sha)).toHaveLength(2);
  });

  test('is not something that a stranger can ask for', async () => {
    const pull = await open();
    const before = stage.github.checkRuns(repository, pull.head.sha).length;
    await say(pull, 'mallory', '/warden recheck');
    expect(stage.github.checkRuns(repository, pull.head.sha)).toHaveLength(before);
    expect(answersTo(pull)).toEqual([expect.stringContaining('may ask for another look')]);
    stage.github.setRole(repository, 'bob', 'write');
    await say(pull, 'bob', '/warden recheck');
    expect(stage.github.checkRuns(repository, pull.head.sha)).toHaveLength(before + 1);
  });
});
