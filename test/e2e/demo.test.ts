import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CLI = path.join(ROOT, 'src/cli.ts');
const CHROMIUM = '/usr/bin/chromium';
/** Debian's packages; what it starts by itself has no network here. */
const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

describe('npm run demo -- --exit', () => {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'demo', '--', '--exit'], {
    cwd: ROOT,
    encoding: 'utf8',
  });

  test('exits 0 and has nothing to complain about', () => {
    // npm itself may warn about settings of the machine.
    expect(stderr.replaceAll(/^npm warn .*\n/gm, '')).toBe('');
    expect(status).toBe(0);
  });

  test('prints each check, each comment with its place, and the alert', () => {
    expect(stdout).toMatch(/check gitops-warden: success/);
    expect(stdout).toMatch(/check gitops-warden: failure/);
    expect(stdout).toMatch(/comment apps\/payments\/base\/deployment\.yaml:25 .*privileged/);
    expect(stdout).toMatch(/Issue #3: Direct push to main by bob/);
  });

  test('shows every rule at least once', () => {
    const rules = readdirSync(path.join(ROOT, 'rules'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    // The alert itself is what no-direct-push has to say.
    const listed = rules.map((rule) => rule.name).filter((name) => name !== 'no-direct-push');
    for (const name of listed) expect(stdout).toContain(`[${name}]`);
  });

  test('shows no secret of the story', () => {
    expect(stdout).not.toContain(['not', 'a', 'real'].join('-'));
  });
});

const browserTest = existsSync(CHROMIUM) ? test : test.skip;

describe('the page of the demo, in Chromium', () => {
  let demo: ChildProcess;
  let browser: Browser | undefined;
  let address = '';

  beforeAll(async () => {
    demo = spawn(process.execPath, [CLI, 'demo'], {
      cwd: ROOT,
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    address = await new Promise<string>((resolve, reject) => {
      let text = '';
      demo.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
        if (found !== undefined) resolve(found);
      });
      demo.once('exit', () => {
        reject(new Error(`the demo ended: ${text}`));
      });
    });
    if (existsSync(CHROMIUM))
      browser = await chromium.launch({ executablePath: CHROMIUM, args: BROWSER_FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    const ended = new Promise((resolve) => demo.once('exit', resolve));
    demo.kill('SIGTERM');
    await ended;
    expect(demo.exitCode).toBe(0);
  });

  async function open(pathname: string): Promise<{ page: Page; complaints: string[] }> {
    if (browser === undefined) throw new Error('no browser');
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(address)) complaints.push(request.url());
    });
    await page.goto(`${address}${pathname}`);
    return { page, complaints };
  }

  browserTest('shows the check, and each comment right under its line', async () => {
    const { page, complaints } = await open('/acme/deploy/pull/2');
    expect(await page.locator('[data-conclusion="failure"]').count()).toBeGreaterThan(0);
    const comments = page.locator('[data-path][data-line]');
    expect(await comments.count()).toBeGreaterThan(10);
    const comment = page.locator('.comment[data-path="apps/payments/base/deployment.yaml"][data-line="25"]');
    expect(await comment.innerText()).toContain('privileged');
    const line = page.getByText('privileged: yes', { exact: false }).first();
    const [above, below] = [await line.boundingBox(), await comment.boundingBox()];
    expect(above && below && below.y >= above.y && below.y - above.y < 80).toBe(true);
    mkdirSync(path.join(ROOT, 'artifacts'), { recursive: true });
    await page.screenshot({ path: path.join(ROOT, 'artifacts/demo-pull-request.png'), fullPage: true });
    expect(complaints).toEqual([]);
    await page.close();
  });

  browserTest('shows the alert', async () => {
    const { page, complaints } = await open('/acme/deploy/issues/3');
    expect(await page.locator('main').innerText()).toMatch(/git revert/);
    await page.screenshot({ path: path.join(ROOT, 'artifacts/demo-alert.png'), fullPage: true });
    expect(complaints).toEqual([]);
    await page.close();
  });
});
