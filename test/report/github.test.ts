import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { renderGithub } from '../../src/report/github.ts';
import {
  at,
  failing,
  fileSubject,
  finding,
  HOSTILE,
  PAST,
  report,
  strangersReport,
} from '../support/report-fixture.ts';
import { anyReport } from './arbitrary.ts';

describe('workflow commands', () => {
  test('one of everything', () => {
    const judged = failing(
      [
        finding(),
        finding({ severity: 'warning', subject: fileSubject('b.yaml', null) }),
        finding({ severity: 'info', subject: fileSubject('c.yaml', at(1), { commit: PAST }) }),
        finding({ subject: { type: 'commit', commit: PAST } }),
        finding({
          subject: fileSubject('d.yaml', { start: { line: 2, column: 3 }, end: { line: 5, column: 1 } }),
        }),
        finding({ introduced: false }),
      ],
      {
        configProblems: [
          { path: 'p.yml', line: 4, message: 'there is no rule `x`' },
          { path: 'q.yml', line: null, message: 'it is empty' },
        ],
        failures: [
          { ruleId: 'own', path: 'a.yaml', reason: 'it stopped' },
          { ruleId: 'own', path: null, reason: 'it stopped' },
        ],
        notChecked: [
          { path: 'big.yaml', reason: 'is too large', blocks: true },
          { path: 'chart.yaml', reason: 'is a template', blocks: false },
        ],
      },
    );
    const message = 'NetworkPolicy `web` lets in everybody. Name who may connect.';
    expect(renderGithub(judged).split('\n')).toEqual([
      `::error file=apps/web/policy.yaml,line=3,endLine=3,col=5,endColumn=8,title=no-open-ingress::${message}`,
      `::warning file=b.yaml,title=no-open-ingress::${message}`,
      `::notice title=no-open-ingress::${message}`,
      `::error title=no-open-ingress::${message}`,
      `::error file=d.yaml,line=2,endLine=4,title=no-open-ingress::${message}`,
      '::error file=p.yml,line=4,title=configuration::there is no rule `x`',
      '::error file=q.yml,title=configuration::it is empty',
      '::error file=a.yaml,title=own could not run::it stopped',
      '::error title=own could not run::it stopped',
      '::error file=big.yaml,title=not checked::big.yaml is too large',
      '::notice file=chart.yaml,title=not checked::chart.yaml is a template',
      'Blocked: 3 errors, 2 mistakes in the configuration and 3 parts that could not be checked. 2 files, 3 manifests and 1 commit reviewed in 41 ms.',
      '',
    ]);
  });

  test('nothing wrong', () => {
    expect(renderGithub(report())).toBe('Passed. 2 files, 3 manifests and 1 commit reviewed in 41 ms.\n');
  });

  test('escapes what would end a property or the command', () => {
    const subject = fileSubject('a:b,c%0A::d.yaml', null);
    const judged = failing([finding({ subject, message: '100 %\nmore\r\n::warning::x \u001b[0m' })]);
    expect(renderGithub(judged).split('\n')[0]).toBe(
      '::error file=a%3Ab%2Cc%250A%3A%3Ad.yaml,title=no-open-ingress::100 %25%0Amore%0D%0A::warning::x \\u{1b}[0m',
    );
  });

  test('a message is cut where GitHub would refuse it', () => {
    const [line = ''] = renderGithub(failing([finding({ message: '漢'.repeat(100_000) })])).split('\n');
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(65_536);
    expect(line.endsWith('…')).toBe(true);
  });
});

/** As the runner of GitHub Actions reads a line. */
const COMMAND =
  /^::(?:error|warning|notice) (?:file|title)=[^,:\n\r]*(?:,(?:line|endLine|col|endColumn)=\d+)*(?:,title=[^,:\n\r]*)?::[^\n\r]*$/;

describe('text of strangers', () => {
  test.each(HOSTILE)('makes no command: %j', (text) => {
    const lines = renderGithub(strangersReport(text)).trimEnd().split('\n');
    for (const line of lines.slice(0, -1)) expect(line).toMatch(COMMAND);
    expect(lines).toHaveLength(5 + 2 + 2 + 2 + 1);
  });

  test('any report: one line for each thing to say', () => {
    fc.assert(
      fc.property(anyReport, (judged) => {
        const lines = renderGithub(judged).split('\n');
        const { findings, configProblems, failures, notChecked } = judged;
        const introduced = findings.filter((one) => one.introduced).length;
        const said = introduced + configProblems.length + failures.length + notChecked.length;
        expect(lines).toHaveLength(said + 2);
        for (const line of lines.slice(0, said)) expect(line).toMatch(COMMAND);
        expect(lines[said]).not.toMatch(/^\s*::/);
      }),
      { numRuns: 200 },
    );
  });
});
