import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import {
  isMarkedGone,
  markGone,
  readMarker,
  renderComment,
  renderReviewBody,
} from '../../src/report/comment.ts';
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
import { anyFinding } from './arbitrary.ts';
import { foundByGithub, rendered } from './rendered.ts';

const FINGERPRINT = '0123456789abcdef0123456789abcdef';
const MARKER = `<!-- gitops-warden:finding ${FINGERPRINT} -->`;
/** What the comments are made of, themselves. The library shows an HTML comment as text. */
const OWN = /^(?:strong|link|bullet_list|list_item|heading)_(?:open|close)$|^fence$/;

describe('renderComment', () => {
  test('a finding', () => {
    expect(renderComment(finding())).toBe(
      `**Error** NetworkPolicy \`web\` lets in everybody. Name who may connect. ([\`no-open-ingress\`](https://rules.example/no-open-ingress))

${MARKER}`,
    );
  });

  test('with other places and a suggestion', () => {
    const body = renderComment(
      finding({
        severity: 'info',
        url: null,
        related: [
          { message: 'The rule that applies.', location: { path: '.sops.yaml', range: at(2) } },
          { message: 'The `base`.', location: { path: 'base/x.yaml', range: null } },
        ],
        suggestion: { startLine: 3, endLine: 3, text: '  image: web:1.2.3\n' },
      }),
    );
    expect(body)
      .toBe(`**Note** NetworkPolicy \`web\` lets in everybody. Name who may connect. (\`no-open-ingress\`)

- \`.sops.yaml:2\`: The rule that applies.
- \`base/x.yaml\`: The \`base\`.

\`\`\`suggestion
  image: web:1.2.3
\`\`\`

${MARKER}`);
  });

  test.each([
    ['', '```suggestion\n```'],
    ['\n', '```suggestion\n\n```'],
    ['a\nb', '```suggestion\na\nb\n```'],
    ['a\n\n', '```suggestion\na\n\n```'],
    ['```\n@x', '````suggestion\n```\n@x\n````'],
  ])('the suggestion %j', (text, expected) => {
    const body = renderComment(finding({ suggestion: { startLine: 3, endLine: 3, text } }));
    expect(body).toContain(`\n\n${expected}\n\n${MARKER}`);
  });

  test.each(['a\u202eb', 'a\u200bb', 'a\r\nb', 'x'.repeat(10_001)])(
    'no suggestion that nobody can read',
    (text) => {
      const body = renderComment(finding({ suggestion: { startLine: 3, endLine: 3, text } }));
      expect(body).not.toContain('suggestion');
    },
  );

  test('many places are counted', () => {
    const place = { message: 'Here.', location: { path: 'a.yaml', range: null } };
    const body = renderComment(finding({ related: Array.from({ length: 13 }, () => place) }));
    expect(body.match(/Here\./g)).toHaveLength(10);
    expect(body).toContain('\n- and 3 more\n');
  });

  test('fits, and ends in its marker, whatever the finding', () => {
    const check = (body: string, fingerprint: string): void => {
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_536);
      expect(readMarker(body)).toBe(fingerprint);
      const { constructs, targets, text } = rendered(body.replace(/\n\n<!--[^\n]*$/, ''));
      expect(constructs.filter((kind) => !OWN.test(kind))).toEqual([]);
      for (const target of targets) expect(target).toMatch(/^https?:\/\//);
      expect(foundByGithub(text)).toEqual([]);
    };
    fc.assert(
      fc.property(anyFinding, (one) => {
        check(renderComment(one), one.fingerprint);
      }),
      { numRuns: 300 },
    );
    const long = '`漢` @x '.repeat(50_000);
    const related = Array.from({ length: 100 }, () => ({
      message: long,
      location: { path: long, range: null },
    }));
    const suggestion = { startLine: 1, endLine: 1, text: '漢'.repeat(10_000) };
    check(renderComment(finding({ message: long, ruleId: long, related, suggestion })), FINGERPRINT);
  });
});

describe('readMarker', () => {
  test('reads what renderComment wrote, also when GitHub changed the line breaks', () => {
    const body = renderComment(finding());
    expect(readMarker(body)).toBe(FINGERPRINT);
    expect(readMarker(`${body.replaceAll('\n', '\r\n')}\r\n`)).toBe(FINGERPRINT);
  });

  test.each([
    ['nothing', ''],
    ['no marker', 'Looks good to me.'],
    ['text behind it', `${MARKER}\nSo there.`],
    ['text on its line', `See ${MARKER}`],
    ['two on a line', `${MARKER} ${MARKER}`],
    ['a quotation', `> ${MARKER}`],
    ['code', `\`${MARKER}\``],
    ['a fingerprint that is too short', '<!-- gitops-warden:finding 0123 -->'],
    ['a fingerprint in capitals', `<!-- gitops-warden:finding ${FINGERPRINT.toUpperCase()} -->`],
    ['another kind', `<!-- gitops-warden:alert ${FINGERPRINT} -->`],
    ['other blanks', `<!--gitops-warden:finding ${FINGERPRINT}-->`],
    ['an indented one', `x\n    ${MARKER}`],
  ])('null for %s', (_, body) => {
    expect(readMarker(body)).toBeNull();
  });

  test.each(HOSTILE)('text of strangers cannot forge it: %j', (text) => {
    for (const one of strangersReport(text).findings) {
      expect(readMarker(renderComment(one))).toBe(one.fingerprint);
      expect(renderComment(one).match(/<!--/g)?.length).toBe(
        text.includes('<!--') ? 1 + inCode(renderComment(one)) : 1,
      );
    }
  });

  test('the body of a review has none', () => {
    const judged = strangersReport(MARKER);
    expect(readMarker(renderReviewBody(judged, judged.findings))).toBeNull();
  });
});

/** Comment openings that are shown as code, where they are text. */
function inCode(body: string): number {
  return rendered(body).codes.filter((one) => one.includes('<!--')).length;
}

describe('markGone', () => {
  test('changes the marker alone, once, and is read as a marker', () => {
    const body = renderComment(finding());
    const marked = markGone(body.replaceAll('\n', '\r\n'));
    expect(marked).toBe(body.replace(/ -->$/, ' gone -->'));
    expect([isMarkedGone(body), isMarkedGone(marked)]).toEqual([false, true]);
    expect(readMarker(marked)).toBe(FINGERPRINT);
    expect(markGone(marked)).toBe(marked);
  });

  test('leaves a text without a marker alone', () => {
    expect(markGone('Looks good to me.')).toBe('Looks good to me.');
    expect(isMarkedGone(`> ${MARKER.replace(' -->', ' gone -->')}`)).toBe(false);
  });
});

describe('renderReviewBody', () => {
  const WHEN = /This is about `[0-9a-f]{12}`; the check says what holds now\.$/;

  test('the verdict, and the commit that it is about', () => {
    const body = renderReviewBody(failing([finding()]), []);
    expect(body).toMatch(/^\*\*Blocked: 1 error\.\*\* /);
    expect(body).toMatch(WHEN);
  });

  test('names the rules whose findings have no place, and nothing that could be mended later', () => {
    const leftOver = [
      finding({ subject: { type: 'commit', commit: PAST }, message: 'Commit `cccccccccccc` is not signed.' }),
      finding({ severity: 'warning', subject: fileSubject('a.yaml', null), url: null }),
      finding({ ruleId: 'other-rule', url: null }),
    ];
    const [, rest, ...more] = renderReviewBody(report({ findings: leftOver }), leftOver).split('\n\n');
    expect(more).toEqual([]);
    expect(rest).toBe(
      'In the check alone, because they have no comment here: 2 of [`no-open-ingress`](https://rules.example/no-open-ingress) and 1 of `other-rule`.',
    );
  });

  test('fits, and counts what it leaves out', () => {
    const findings = Array.from({ length: 500 }, (_, index) =>
      finding({ ruleId: `rule-${String(index)}`.repeat(200) }),
    );
    const body = renderReviewBody(failing(findings), findings);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_536);
    expect(body).toContain('and 480 more rules.');
  });

  test.each(HOSTILE)('text of strangers stays text: %j', (text) => {
    const judged = strangersReport(text);
    const body = rendered(renderReviewBody(judged, judged.findings));
    expect(body.constructs.filter((kind) => !OWN.test(kind))).toEqual([]);
    expect(foundByGithub(body.text)).toEqual([]);
  });
});
