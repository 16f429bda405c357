import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PullRequest } from '../../src/demo/embedded/state.ts';
import { html } from '../../src/demo/page/html.ts';
import { renderMarkdown } from '../../src/demo/page/markdown.ts';
import { type Fixture, numberedLines, startFixture } from './fixture.ts';

describe('Markdown', () => {
  const render = (source: string): string => renderMarkdown(source).markup;

  test('becomes HTML', () => {
    expect(render('**b** `c`\n\n| a |\n| - |\n| 1 |')).toMatch(
      /<strong>b<\/strong> <code>c<\/code>[^]*<table>/,
    );
    expect(render('```suggestion\nx: 1\n```')).toContain('<code class="language-suggestion">x: 1\n</code>');
  });

  test('hides comments, wherever they stand', () => {
    expect(render('<!-- warden:1 -->\nText <!-- inline --> more')).not.toMatch(/warden|inline|&lt;!--/);
    expect(render('Text\n\n<!-- never closed\n\nmore')).not.toContain('never closed');
  });

  test('opens and closes sections', () => {
    const markup = render('<details><summary>More & more</summary>\n\n- **item**\n\n</details>\n\nafter');
    expect(markup).toMatch(
      /<details><summary>More &amp; more<\/summary>[^]*<strong>item<\/strong>[^]*<\/details>[^]*after/,
    );
    expect(render('<details open>\n\nx\n\n</details>')).toContain('<details open>');
  });

  test('cannot close what it has not opened, nor leave open what it has', () => {
    expect(render('</details></summary>text')).not.toMatch(/<\/(?:details|summary)>/);
    expect(render('<details>\n\n<summary>never closed').match(/<\/(details|summary)>/g)).toEqual([
      '</summary>',
      '</details>',
    ]);
  });

  test.each([
    ['<script>alert(1)</script>'],
    ['text <img src=x onerror=alert(1)> text'],
    ['<details onclick="alert(1)">x</details>'],
    ['<div></div></main><iframe src="//x">'],
    ['[link](javascript:alert(1))'],
    ['![image](https://example.org/pixel.png)'],
    ['<style>body{display:none}</style>'],
    ['<a href="https://example.org">x</a>'],
  ])('keeps %s harmless', (source) => {
    expect(render(source)).not.toMatch(
      /<(?:script|img|iframe|style|div|main)|<details [^o]|href=\"javascript|<a href=\"https:\/\/example\.org\">/i,
    );
  });

  test('marks links as those of strangers', () => {
    expect(render('[a](https://example.org)')).toContain('rel="nofollow noopener noreferrer"');
  });
});

describe('html', () => {
  test('escapes values, joins lists, and leaves markup alone', () => {
    const part = html`<b>${'<&>"\''}</b>`;
    expect(html`<p title="${'"'}">${[part, part]}${null}${1}</p>`.markup).toBe(
      '<p title="&quot;"><b>&lt;&amp;&gt;&quot;&#39;</b><b>&lt;&amp;&gt;&quot;&#39;</b>1</p>',
    );
  });
});

describe('the pages', () => {
  const hostile = '<script>alert("x")</script> @octocat';
  let fixture: Fixture;
  let pullRequest: PullRequest;
  let page: string;
  const load = async (address: string): Promise<{ status: number; text: string; policy: string | null }> => {
    const response = await fetch(fixture.github.url + address);
    return {
      status: response.status,
      // How the templates are laid out does not matter.
      text: (await response.text()).replaceAll(/\s+/g, ' '),
      policy: response.headers.get('content-security-policy'),
    };
  };

  beforeAll(async () => {
    fixture = await startFixture();
    const { github } = fixture;
    const repository = await github.createRepository('acme/deploy');
    await github.commit(repository, {
      branch: 'main',
      files: { 'apps/app.yaml': numberedLines(40), 'moved.yaml': 'm: 1\n' },
      message: 'First',
    });
    await github.commit(repository, {
      branch: 'change',
      files: {
        'apps/app.yaml': numberedLines(40, { 20: 'changed <b>20</b>' }),
        'moved.yaml': null,
        'new/moved.yaml': 'm: 1\n',
        '<img src=x>.yaml': 'x: 1\n',
      },
      message: `Change ${hostile}`,
      author: { name: 'Eve & "Co"', email: 'eve@example.org' },
    });
    pullRequest = await github.openPullRequest(repository, {
      title: `Title ${hostile}`,
      body: `Description **bold** ${hostile}`,
      head: 'change',
      user: 'eve',
    });
    const token = await fixture.token('acme');
    const root = '/repos/acme/deploy';
    const annotation = {
      path: 'apps/app.yaml',
      start_line: 3,
      end_line: 4,
      annotation_level: 'warning',
      title: 'Title <i>',
      message: `Look ${hostile}`,
    };
    await fixture.call('POST', `${root}/check-runs`, token, {
      name: 'gitops-warden',
      head_sha: pullRequest.head.sha,
      conclusion: 'failure',
      output: { title: 'Two errors', summary: `Summary _here_ ${hostile}`, annotations: [annotation] },
    });
    await fixture.call('POST', `${root}/pulls/1/reviews`, token, {
      event: 'COMMENT',
      body: '<!-- marker --> Reviewed.',
      comments: [
        { path: 'apps/app.yaml', line: 20, side: 'RIGHT', body: `<!-- marker -->\nNo **${hostile}**` },
        { path: 'apps/app.yaml', line: 20, side: 'LEFT', body: 'It was fine.' },
        { path: '<img src=x>.yaml', line: 1, body: 'Odd name' },
      ],
    });
    await fixture.call('POST', `${root}/pulls/1/comments`, token, {
      commit_id: pullRequest.head.sha,
      path: 'new/moved.yaml',
      subject_type: 'file',
      body: 'On the file',
    });
    await fixture.call('POST', `${root}/issues`, token, {
      title: `Alert ${hostile}`,
      body: 'Undo it.',
      labels: ['gitops-warden'],
    });
    page = (await load('/acme/deploy/pull/1')).text;
  });
  afterAll(() => fixture.close());

  test('show what the pull request is about', () => {
    expect(page).toContain('<h1>Title &lt;script&gt;');
    expect(page).toMatch(/<strong>eve<\/strong> wants to merge <code>change<\/code> into <code>main<\/code>/);
    expect(page).toContain('Description <strong>bold</strong>');
    expect(page).toMatch(/data-verified="false"[^]*by Eve &amp; &quot;Co&quot;[^]*Unverified[^]*not signed/);
  });

  test('show the check run with its summary and annotations', () => {
    expect(page).toMatch(/data-check="gitops-warden"[^>]*data-conclusion="failure"/);
    expect(page).toMatch(/Two errors[^]*Summary <em>here<\/em>/);
    expect(page).toMatch(
      /data-annotation-level="warning" data-path="apps\/app.yaml" data-line="4"[^]*lines 3–4/,
    );
  });

  test('show each comment under its line', () => {
    const rows = page.split('<tr ');
    const added = rows.findIndex(
      (row) => row.startsWith('class="added"') && row.includes('changed &lt;b&gt;20'),
    );
    expect(rows[added + 1]).toMatch(/^class="comments"/);
    expect(rows[added + 1]).toMatch(
      /data-path="apps\/app.yaml" data-line="20" data-side="RIGHT" data-outdated="false"/,
    );
    const deleted = rows.findIndex((row) => row.startsWith('class="deleted"'));
    expect(rows[deleted + 1]).toMatch(/data-side="LEFT"[^]*It was fine/);
    expect(page).toMatch(
      /data-file="new\/moved.yaml"[^]*from <code>moved.yaml<\/code>[^]*commented on the file/,
    );
    expect(page).toContain('data-path="&lt;img src=x&gt;.yaml" data-line="1"');
  });

  test('show nothing that strangers wrote as markup', () => {
    expect(page).not.toMatch(/<script|<img|<i>|marker/);
    expect(page).toContain('@octocat');
  });

  test('load nothing from elsewhere and run nothing', async () => {
    expect(page).not.toMatch(/<link|src=(?!x&gt;)|url\(/);
    expect((await load('/acme/deploy/pull/1')).policy).toMatch(/^default-src 'none'/);
  });

  test('have landmarks, one main heading, and tables with headers', () => {
    for (const landmark of [
      '<main>',
      '<nav aria-label=',
      '<header class="site">',
      '<footer',
      '<html lang="en">',
    ]) {
      expect(page).toContain(landmark);
    }
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(page.match(/<table class="diff">/g)).toHaveLength(
      page.match(/<caption class="visually-hidden">/g)?.length ?? -1,
    );
    expect(page).toContain('<th scope="col">New line</th>');
  });

  test('lead from the index to pull requests and issues', async () => {
    const index = (await load('/')).text;
    for (const address of ['/acme/deploy/pull/1', '/acme/deploy/issues/2']) {
      expect(index).toContain(`<a href="${address}">`);
      expect((await load(address)).status).toBe(200);
    }
    expect(index).not.toContain('<script');
    const issue = (await load('/acme/deploy/issues/2')).text;
    expect(issue).toMatch(/Alert &lt;script[^]*gitops-warden[^]*Undo it/);
    const run = fixture.github.checkRuns(pullRequest.repository, pullRequest.head.sha)[0];
    expect((await load(`/acme/deploy/runs/${run?.id ?? 0}`)).text).toContain('data-conclusion="failure"');
  });

  test('show a version of a file, line by line', async () => {
    const { sha } = pullRequest.head;
    const { text } = await load(`/acme/deploy/blob/${sha}/apps/app.yaml`);
    expect(text).toMatch(/<tr id="L20">[^]*?<code>changed &lt;b&gt;20&lt;\/b&gt;<\/code>/);
    expect(text).not.toContain('id="L41"');
    expect((await load(`/acme/deploy/blob/${sha}/%3Cimg%20src=x%3E.yaml`)).text).toContain('x: 1');
    for (const address of [
      `${sha}/nowhere`,
      `main/apps/app.yaml`,
      `${'e'.repeat(40)}/apps/app.yaml`,
      `${sha}/apps`,
    ]) {
      expect((await load(`/acme/deploy/blob/${address}`)).status).toBe(404);
    }
    expect((await load(`/acme/deploy/blob/${sha}/%ZZ`)).status).toBe(404);
  });

  test('are not found where there is nothing', async () => {
    for (const address of ['/acme/deploy/pull/99', '/acme/nowhere', '/acme/deploy/runs/1', '/favicon.ico']) {
      expect((await load(address)).status).toBe(404);
    }
  });

  test('keep a comment that is outdated, and say so', async () => {
    await fixture.github.pushToPullRequest(pullRequest, {
      files: { 'apps/app.yaml': numberedLines(40, { 20: 'changed again' }) },
    });
    const { text } = await load('/acme/deploy/pull/1');
    expect(text).toMatch(
      /data-line="20" data-side="RIGHT" data-outdated="true"[^]*on line 20 of an earlier version/,
    );
    expect(fixture.github.contractViolations).toEqual([]);
  });
});
