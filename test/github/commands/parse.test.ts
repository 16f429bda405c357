import { describe, expect, test } from '@jest/globals';
import { fc } from '../../support/property.ts';
import { ownWords } from '../../../src/github/commands/own-words.ts';
import { parseCommands, type Command } from '../../../src/github/commands/parse.ts';

const WAIVE = '/warden waive no-x because the old agent needs it';
const namesOf = (body: string): string[] => parseCommands(body).commands.map(({ name }) => name);

describe('a command counts', () => {
  test.each<[string, string]>([
    ['alone', WAIVE],
    ['behind words on a line of their own', `Fine with me.\n${WAIVE}`],
    ['in front of words', `${WAIVE}\nThanks!`],
    ['with Windows line ends', `Hello\r\n${WAIVE}\r\n`],
    ['in capitals', '/WARDEN Waive no-x BECAUSE the old agent needs it'],
    ['behind a quote and a blank line', `> Please waive it\n\n${WAIVE}`],
    ['behind a fenced block', `\`\`\`\ncode\n\`\`\`\n${WAIVE}`],
    ['behind a comment that nobody sees', `<!-- note -->\n\n${WAIVE}`],
    ['behind a lone backquote', `It's a \` mark.\n${WAIVE}`],
    ['behind a span of code', `See \`x\`.\n${WAIVE}`],
    ['with a comment behind it', `${WAIVE} <!-- signature -->`],
  ])('%s', (_, body) => {
    expect(namesOf(body)).toEqual(['waive']);
  });
});

describe('a command does not count', () => {
  test.each<[string, string]>([
    ['in a quote', `> ${WAIVE}`],
    ['in a quote within a quote', `> > ${WAIVE}`],
    ['in a quote without the blank', `>${WAIVE}`],
    ['in a line that still belongs to a quote', `> She said:\n${WAIVE}`],
    ['in a fenced block', `\`\`\`\n${WAIVE}\n\`\`\``],
    ['in a fenced block with a language', `\`\`\`sh\n${WAIVE}\n\`\`\``],
    ['in a fence of tildes', `~~~\n${WAIVE}\n~~~`],
    ['in a fence that a shorter one does not close', `\`\`\`\`\n\`\`\`\n${WAIVE}\n\`\`\`\``],
    ['in a fence that is never closed', `\`\`\`\n${WAIVE}`],
    ['in an indented block', `    ${WAIVE}`],
    ['behind a blank', ` ${WAIVE}`],
    ['behind a tab', `\t${WAIVE}`],
    ['in a span of code over several lines', `\`start\n${WAIVE}\nend\``],
    ['in a span with two backquotes', `\`\`a \` b\n${WAIVE}\nc\`\``],
    ['in a hidden comment', `<!--\n${WAIVE}\n-->`],
    ['in a hidden comment that begins within a line', `Hello <!-- hidden\n${WAIVE}\n--> there`],
    ['in a hidden comment that never ends', `<!-- \n\n${WAIVE}`],
    ['in preformatted text', `<pre>\n\n${WAIVE}\n</pre>`],
    ['in an element of HTML', `<blockquote>\n${WAIVE}\n</blockquote>`],
    ['in the middle of a line', `Write ${WAIVE}`],
    ['in a list', `- ${WAIVE}`],
    ['as a part of a word', '/wardens waive no-x because the old agent needs it'],
    ['as a path', '/warden/waive'],
    ['behind an invisible character', `\u200b${WAIVE}`],
  ])('%s', (_, body) => {
    expect(namesOf(body)).toEqual([]);
  });
});

describe('waive', () => {
  test.each<[string, string, Partial<Extract<Command, { name: 'waive' }>>]>([
    [
      'a rule',
      'waive no-x because the old agent needs it',
      { target: 'no-x', path: null, until: null, reason: 'the old agent needs it' },
    ],
    [
      'a finding by its fingerprint',
      'waive 0123456789ABCDEF because the old agent needs it',
      { target: '0123456789abcdef' },
    ],
    ['what the thread is about', 'waive because the old agent needs it', { target: null }],
    [
      'everything at once',
      'waive no-x path apps/** until 2027-02-28 because it is going away soon',
      { target: 'no-x', path: 'apps/**', until: '2027-02-28', reason: 'it is going away soon' },
    ],
    [
      'in another order',
      'waive no-x until 2027-02-28 path apps/** because it is going away soon',
      { path: 'apps/**', until: '2027-02-28' },
    ],
    [
      'as options',
      'waive no-x --until 2027-02-28 --reason: it is going away soon',
      { until: '2027-02-28', reason: 'it is going away soon' },
    ],
    [
      'with smart dashes and quotes',
      'waive no\u2011x \u2014until 2027\u201302\u201328 \u2014because \u201cit is going away\u201d',
      { target: 'no-x', until: '2027-02-28', reason: 'it is going away' },
    ],
    [
      'with code',
      'waive `no-x` path `apps/my app/*` because it is going away',
      { target: 'no-x', path: 'apps/my app/*' },
    ],
    [
      'with a second because',
      'waive no-x because we do it because we must',
      { reason: 'we do it because we must' },
    ],
    [
      'with Markdown and a mention in the reason',
      'waive no-x because **@ada** [said](http://x) so',
      { reason: '**@ada** [said](http://x) so' },
    ],
  ])('%s', (_, text, expected) => {
    expect(parseCommands(`/warden ${text}`).commands).toEqual([
      expect.objectContaining({ name: 'waive', ...expected }),
    ]);
  });

  test.each<[string, string, RegExp]>([
    ['no reason', 'waive no-x', /needs a reason/],
    ['an empty reason', 'waive no-x because', /between 10 and 500/],
    ['a short reason', 'waive no-x because wip', /between 10 and 500/],
    ['a reason of quotes', 'waive no-x because "         "', /between 10 and 500/],
    ['a long reason', `waive no-x because ${'x'.repeat(501)}`, /between 10 and 500/],
    [
      'a day that does not exist',
      'waive no-x until 2027-02-30 because it is going away',
      /day of the calendar/,
    ],
    ['a day in another form', 'waive no-x until 28.02.2027 because it is going away', /day of the calendar/],
    ['two rules', 'waive no-x no-y because it is going away', /not understood/],
    ['two paths', 'waive no-x path a path b because it is going away', /more than one `path`/],
    ['a path without a glob', 'waive no-x path because it is going away', /needs a value/],
    [
      'a glob that stands for too many',
      `waive no-x path ${'{a,b}'.repeat(60)} because it is going away`,
      /glob cannot be used/,
    ],
    ['a line without end', `waive no-x because ${'x '.repeat(2000)}`, /too long/],
  ])('with %s is not understood', (_, text, problem) => {
    const [command] = parseCommands(`/warden ${text}`).commands;
    expect(command).toEqual({ name: 'unknown', problem: expect.stringMatching(problem) });
  });
});

test.each<[string, Command]>([
  ['unwaive no-x', { name: 'unwaive', target: 'no-x', path: null }],
  ['unwaive', { name: 'unwaive', target: null, path: null }],
  ['unwaive no-x path a/*', { name: 'unwaive', target: 'no-x', path: 'a/*' }],
  ['recheck', { name: 'recheck' }],
  ['explain No-X', { name: 'explain', rule: 'no-x' }],
  ['help', { name: 'help' }],
  ['', { name: 'help' }],
  ['approve', { name: 'unknown', problem: 'There is no such command.' }],
  ['recheck now', { name: 'unknown', problem: '`recheck` stands alone.' }],
  ['explain', { name: 'unknown', problem: '`explain` needs the name of one rule.' }],
])('/warden %s', (text, command) => {
  expect(parseCommands(`/warden ${text}`).commands).toEqual([command]);
});

test('of many commands in a comment the first five count, and the rest are counted', () => {
  const body = Array.from({ length: 8 }, (_, index) => `/warden explain no-${String(index)}`).join('\n');
  const { commands, surplus } = parseCommands(body);
  expect([commands.length, surplus, commands[4]]).toEqual([5, 3, { name: 'explain', rule: 'no-4' }]);
});

test('what a problem says holds nothing of the comment', () => {
  for (const { problem } of parseCommands('/warden @everyone\n/warden waive @here @there because it is so')
    .commands as unknown as { problem: string }[])
    expect(problem).not.toContain('@');
});

test('hostile comments take no time and break nothing', () => {
  const piece = fc.constantFrom(
    '`',
    '```',
    '~~~',
    '\n',
    '> ',
    '<!--',
    '-->',
    '/warden waive',
    ' because ',
    '<pre>',
    '"',
    'x',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 300 }), (pieces) => {
      for (const line of ownWords(pieces.join(''))) expect(line).not.toMatch(/^>/);
      parseCommands(pieces.join(''));
    }),
  );
  const long = `${'`'.repeat(20_000)}\n${'`` ` '.repeat(8_000)}\n/warden help`;
  expect(namesOf(long).length).toBeLessThanOrEqual(1);
});
