import { describe, expect, test } from '@jest/globals';
import { publishIncident } from '../../src/alerts/github-issue.ts';
import type { IssuePort, OwnIssue } from '../../src/alerts/github-issue.ts';
import { endIncident, joinIncident, markUndone, type Incident } from '../../src/alerts/incident.ts';
import { alertMarker } from '../../src/alerts/render.ts';
import { AFTER, directPush, incidentOf, NOW } from './fixtures.ts';

interface FakePort extends IssuePort {
  readonly issues: OwnIssue[];
  readonly posted: string[];
  readonly updates: number[];
}

function fakePort(issues: OwnIssue[] = []): FakePort {
  const posted: string[] = [];
  const updates: number[] = [];
  return {
    issues,
    posted,
    updates,
    list: () => Promise.resolve(issues),
    get: (number) => Promise.resolve(issues.find((issue) => issue.number === number) ?? null),
    create: ({ title, body }) => {
      const issue = {
        number: issues.length + 1,
        url: `issue-${issues.length + 1}`,
        title,
        body,
        open: true,
        notPlanned: false,
      };
      issues.push(issue);
      return Promise.resolve(issue);
    },
    update: (number, { title, body, closed }) => {
      updates.push(number);
      const at = issues.findIndex((issue) => issue.number === number);
      const old = issues[at]!;
      issues[at] = {
        ...old,
        title: title ?? old.title,
        body: body ?? old.body,
        open: closed === true ? false : old.open,
      };
      return Promise.resolve();
    },
    comments: () => Promise.resolve(posted),
    comment: (_number, body) => {
      posted.push(body);
      return Promise.resolve();
    },
  };
}

const THIRD = 'd'.repeat(40);
const later = (incident: Incident): Incident =>
  joinIncident(incident, directPush({ before: AFTER, after: THIRD }), NOW + 60_000);

describe('publishIncident', () => {
  test('opens an issue once for each incident', async () => {
    const port = fakePort();
    const incident = incidentOf();
    expect(await publishIncident(port, incident, null)).toEqual({
      number: 1,
      url: 'issue-1',
      done: 'opened',
    });
    expect(await publishIncident(port, incident, null)).toEqual({ number: 1, url: 'issue-1', done: 'left' });
    expect(await publishIncident(port, incident, 1)).toMatchObject({ done: 'left' });
    expect(await publishIncident(port, incidentOf(directPush({ after: THIRD })), null)).toMatchObject({
      number: 2,
    });
    expect(port.updates).toEqual([]);
    expect(port.posted).toEqual([]);
  });

  test('edits it and adds one comment when more happens, however often it is told', async () => {
    const port = fakePort();
    const incident = incidentOf();
    await publishIncident(port, incident, null);
    const second = later(incident);
    expect(await publishIncident(port, second, 1)).toMatchObject({ done: 'updated' });
    expect(await publishIncident(port, second, 1)).toMatchObject({ done: 'left' });
    expect(port.issues[0]!.body).toContain('2 pushes, oldest first');
    expect(port.posted).toHaveLength(1);
    expect(port.posted[0]).toContain('Another push.');
  });

  test('closes it with a note when it is over, once', async () => {
    const port = fakePort();
    const incident = incidentOf();
    await publishIncident(port, incident, null);
    const ended = endIncident(incident, { how: 'reverted', by: 'alice' }, NOW);
    expect(await publishIncident(port, ended, 1)).toMatchObject({ done: 'closed' });
    expect(await publishIncident(port, ended, 1)).toMatchObject({ done: 'left' });
    expect(port.issues[0]!.open).toBe(false);
    expect(port.issues[0]!.body).toMatch(/^\*\*Undone\.\*\*/);
    expect(port.posted).toHaveLength(1);
    expect(port.posted[0]).toContain('`alice`');
  });

  test('leaves it open when a credential stays in the history, and says so', async () => {
    const port = fakePort();
    const incident = incidentOf();
    await publishIncident(port, incident, null);
    await publishIncident(port, markUndone(incident, NOW), 1);
    expect(port.issues[0]!.open).toBe(true);
    expect(port.posted[0]).toContain('Revoke it');
  });

  test('leaves it alone after a person has closed it', async () => {
    const port = fakePort();
    const incident = incidentOf();
    await publishIncident(port, incident, null);
    port.issues[0] = { ...port.issues[0]!, open: false, notPlanned: false };
    expect(await publishIncident(port, later(incident), 1)).toMatchObject({ done: 'left' });
    expect(port.issues[0].open).toBe(false);
    expect(port.posted).toEqual([]);
    expect(port.updates).toEqual([]);
  });

  test('opens none for what is over already', async () => {
    const port = fakePort();
    const ended = endIncident(incidentOf(), { how: 'reverted', by: null }, NOW);
    expect(await publishIncident(port, ended, null)).toBeNull();
    expect(port.issues).toEqual([]);
  });

  test('takes a marker for its own only on the last line', async () => {
    const marker = alertMarker(incidentOf());
    const issue = { title: '', open: true, notPlanned: false };
    const port = fakePort([
      { ...issue, number: 1, url: 'quoted', body: `> ${marker}\n\nWhat is this?` },
      { ...issue, number: 2, url: 'above', body: `${marker}\nmore` },
    ]);
    expect(await publishIncident(port, incidentOf(), null)).toMatchObject({ done: 'opened', number: 3 });
  });

  test('finds its issue although GitHub changed the line ends', async () => {
    const port = fakePort();
    await publishIncident(port, incidentOf(), null);
    port.issues[0] = { ...port.issues[0]!, body: `${port.issues[0]!.body.replaceAll('\n', '\r\n')}\r\n` };
    expect(await publishIncident(port, incidentOf(), null)).toMatchObject({ done: 'left', number: 1 });
  });

  test('lets the port look again before it repeats a request', async () => {
    const port = fakePort();
    const hesitant: IssuePort = {
      ...port,
      create: async (issue, find) => {
        expect(await find()).toBeNull();
        await port.create(issue, find);
        return (await find()) ?? { ...port.issues[0]!, number: 99 };
      },
    };
    expect(await publishIncident(hesitant, incidentOf(), null)).toMatchObject({ number: 1, done: 'opened' });
  });
});
