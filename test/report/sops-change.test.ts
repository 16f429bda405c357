import { describe, expect, test } from '@jest/globals';
import { renderHtml } from '../../src/report/html.ts';
import { sopsRows } from '../../src/report/sops-change.ts';
import { renderSummary } from '../../src/report/summary.ts';
import { renderText } from '../../src/report/text.ts';
import { report, sopsChange } from '../support/report-fixture.ts';

const changed = report({ sops: sopsChange() });

describe('what a change of .sops.yaml means', () => {
  test('as a table in Markdown, bars in names included', () => {
    const page = renderSummary(changed, { blobUrl: () => null, limit: 60_000 });
    const table = page.split('\n').filter((line) => line.startsWith('|'));
    expect(table).toEqual([
      '| What | Who, or what to do | Files |',
      '| --- | --- | --- |',
      '| gains access | `age1gains` | 4 files: `a.yaml`, `b.yaml`, `c.yaml` and 1 more |',
      '| loses access | a recipient of type kms | none so far |',
      '| no rule any more | encrypted, and covered by no rule: write one that matches | 1 file: `d.yaml` |',
      '| no rule any more | not encrypted; new versions will not be either | 300 files: `x.yaml` and 299 more |',
      "| to be re-keyed | `sops updatekeys -y a.yaml 'b c.yaml'` | 2 files |",
      '| to be encrypted again | `sops decrypt --in-place c.yaml && sops encrypt --in-place c.yaml` | 1 file |',
      '| rule | has the key `a\\|b`: SOPS ignores it | `.sops.yaml:3` |',
    ]);
    expect(page).toContain('`.sops.yaml` is edited. Every file below was matched again');
  });

  test('in HTML and in a terminal', () => {
    const html = renderHtml(changed);
    expect(html).toContain('<td>gains access</td><td><code>age1gains</code></td>');
    expect(html).toContain('<td>has the key <code>a|b</code>: SOPS ignores it</td>');
    const text = renderText(changed, { color: false, sources: () => null });
    expect(text).toContain('What the change of .sops.yaml means:');
    expect(text).toContain("to be re-keyed: `sops updatekeys -y a.yaml 'b c.yaml'`: 2 files");
  });

  test('nothing where nothing changed, and a row that says so where nothing follows', () => {
    expect(renderSummary(report({}), { blobUrl: () => null, limit: 60_000 })).not.toContain('.sops.yaml');
    expect(renderHtml(report({}))).not.toContain('.sops.yaml');
    const none = { count: 0, paths: [] };
    const empty = sopsChange({
      access: [],
      rekey: none,
      reencrypt: none,
      withoutRule: none,
      plainWithoutRule: none,
      remarks: [],
    });
    expect(sopsRows(empty)).toEqual([
      ['no effect', 'every file has the same recipients and the same mode as before', ''],
    ]);
  });

  test('bounded, and the rest is counted', () => {
    const paths = Array.from({ length: 200 }, (_, index) => `a/${index}.yaml`);
    const rows = sopsRows(sopsChange({ rekey: { count: 5000, paths }, remarks: [] })).filter(
      ([what]) => what === 'to be re-keyed',
    );
    expect(rows).toHaveLength(13);
    expect(rows.at(-1)).toEqual(['to be re-keyed', 'and so on for the rest', '4904 more files']);
  });

  test('a page that is too small says how many rows are missing', () => {
    const page = renderSummary(changed, { blobUrl: () => null, limit: 900 });
    expect(page).toMatch(/^\| --- .*\n(?:\|.*\n)*\n- (?:and )?\d+ (?:more, )?/m);
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(900);
  });
});
