import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openRepository } from '../../src/git/repository.ts';
import { reviewRepository } from '../../src/pipeline/review-repository.ts';
import { scanPaths } from '../../src/pipeline/scan-files.ts';
import { createSecretSearch } from '../../src/pipeline/secret-scan/search.ts';
import { temporaryFolder } from '../support/git-fixture.ts';
import { healthyFile } from '../support/healthy-repository.ts';
import {
  expectNoSecretAnywhere,
  KEY,
  current,
  leaksOf,
  plain,
  random,
  reviewed,
  rules,
  token,
} from './leak-review.ts';

describe('scans, and healthy repositories', () => {
  test('5,000 healthy files give no finding', async () => {
    const fixture = current();
    const folder = temporaryFolder();
    const files: Record<string, string> = {};
    for (let index = 0; index < 5_000; index += 1) {
      const { name, text } = healthyFile(index, random);
      files[name] = text;
    }
    fixture.write(files);
    writeFileSync(path.join(folder, 'x'), '');
    const { report } = await scanPaths([fixture.directory], fixture.directory, {
      rules,
      policy: null,
      floor: null,
      secrets: plain,
    });
    expect(report.stats.files).toBeGreaterThanOrEqual(5_000);
    expect(leaksOf(report)).toEqual([]);
  });

  test('what a rule finds by its place is named by its format, too', async () => {
    const fixture = current();
    const secret = `kind: Secret\napiVersion: v1\nmetadata: {name: shop}\nstringData:\n  access: ${token()}\n`;
    fixture.write({ 'secret.yaml': secret });
    const places = { rules, policy: null, floor: null, secrets: plain };
    const { report } = await scanPaths([fixture.directory], fixture.directory, places);
    const found = report.findings.find(({ ruleId }) => ruleId === 'no-plaintext-secret');
    expect(found?.message).toMatch(/in plain text under `stringData`: a GitHub/);
  });

  test('a second look takes nothing from the search', async () => {
    const search = createSecretSearch(null, KEY);
    const secret = token();
    const first = await reviewed({}, [{ 'a.yaml': `a: ${secret}\n` }], { secrets: search });
    await search.scanner.close();
    const scan = search.scanner.scan.bind(search.scanner);
    let asked = 0;
    search.scanner.scan = (setup, jobs, signal) => {
      asked += jobs.length;
      return scan(setup, jobs, signal);
    };
    const repository = await openRepository(current().directory);
    const { report } = await reviewRepository({
      repository,
      base: first.base,
      head: first.head ?? '',
      rules,
      secrets: search,
    });
    repository.close();
    expect(asked).toBe(0);
    expect(leaksOf(report)).toEqual(leaksOf(first));
  });
});

test('no report, in any format, holds one of the secrets', expectNoSecretAnywhere);
