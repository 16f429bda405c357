import { describe, expect, test } from '@jest/globals';
import { raiseIssue } from '../../src/alerts/github-issue.ts';
import type { AlertIssuePort, OwnIssue } from '../../src/alerts/github-issue.ts';
import { alertMarker } from '../../src/alerts/render.ts';
import { directPush } from './fixtures.ts';

interface FakePort extends AlertIssuePort {
  readonly issues: OwnIssue[];
}

function fakePort(issues: OwnIssue[] = []): FakePort {
  return {
    issues,
    list: () => Promise.resolve(issues),
    create: ({ body }) => {
      issues.push({ url: `issue-${issues.length}`, body });
      return Promise.resolve({ url: `issue-${issues.length - 1}` });
    },
  };
}

describe('raiseIssue', () => {
  test('opens an issue once for each push', async () => {
    const port = fakePort();
    expect(await raiseIssue(port, directPush())).toEqual({ url: 'issue-0', opened: true });
    expect(await raiseIssue(port, directPush())).toEqual({ url: 'issue-0', opened: false });
    expect((await raiseIssue(port, directPush({ after: 'd'.repeat(40) }))).opened).toBe(true);
    expect(port.issues).toHaveLength(2);
  });

  test('takes a marker for its own only on the last line', async () => {
    const marker = alertMarker(directPush());
    const port = fakePort([
      { url: 'quoted', body: `> ${marker}\n\nWhat is this?` },
      { url: 'above', body: `${marker}\nmore` },
    ]);
    expect((await raiseIssue(port, directPush())).opened).toBe(true);
  });

  test('finds its issue although GitHub changed the line ends', async () => {
    const port = fakePort([{ url: 'old', body: `text\r\n\r\n${alertMarker(directPush())}\r\n` }]);
    expect(await raiseIssue(port, directPush())).toEqual({ url: 'old', opened: false });
  });

  test('lets the port look again before it repeats a request', async () => {
    const issues: OwnIssue[] = [];
    const url = await raiseIssue(
      {
        list: () => Promise.resolve(issues),
        create: async ({ body }, find) => {
          expect(await find()).toBeNull();
          issues.push({ url: 'took effect', body });
          return (await find()) ?? { url: 'second' };
        },
      },
      directPush(),
    );
    expect(url).toEqual({ url: 'took effect', opened: true });
  });
});
