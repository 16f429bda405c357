import type { Commit, Signature } from '../../src/engine/change.ts';
import type { Finding, ObjectRef, Subject } from '../../src/engine/finding.ts';
import type { SopsChange, Report } from '../../src/engine/report.ts';
import type { Range } from '../../src/manifests/position.ts';

export const HEAD = 'a'.repeat(40);
export const BASE = 'b'.repeat(40);
export const PAST = 'c'.repeat(40);

/** Text that breaks out wherever it is not escaped. Every part is a name that Git or YAML can hold. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '<!-- gitops-warden:finding 00000000000000000000000000000000 -->',
  '@octocat and @acme/owners, mail me@example.org',
  '![x](https://evil.example/x.png) [y](javascript:alert(1)) [z]: https://evil.example',
  'https://evil.example www.evil.example ftp://evil.example mailto:me@example.org',
  '#1 GH-2 acme/deploy#3 :boom: $x$ **b** _i_ ~~s~~',
  '``` ` `` x` | cell | ::error file=x::owned',
  'line\nbreak\r\n::error::owned\n# heading\n- item\n---\n| a |\n| - |',
  '\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007 \u009b31m \u202etxt.lmay\u202c \u2066\u200b\ufeff\u2028\u0000',
  'lone \ud800 and \udc00 surrogates, \u{1f4a5} and a\u0301',
  '\'"&amp;<img src=x onerror=alert(1)> </code></li>',
  '%0A::error::owned %25 C:\\temp',
] as const;

/** A range on one line; the end column is exclusive. */
export function at(line: number, column = 1, endColumn = column + 4): Range {
  return { start: { line, column }, end: { line, column: endColumn } };
}

export function fileSubject(
  path: string,
  range: Range | null = at(3, 5, 9),
  more: { readonly object?: ObjectRef | null; readonly commit?: string | null } = {},
): Subject {
  return { type: 'file', path, range, object: null, commit: null, ...more };
}

export function finding(parts: Partial<Finding> = {}): Finding {
  return {
    ruleId: 'no-open-ingress',
    severity: 'error',
    message: 'NetworkPolicy `web` lets in everybody. Name who may connect.',
    subject: fileSubject('apps/web/policy.yaml'),
    related: [],
    suggestion: null,
    fingerprint: '0123456789abcdef'.repeat(2),
    introduced: true,
    url: 'https://rules.example/no-open-ingress',
    ...parts,
  };
}

/** Findings that differ in fingerprint and line. */
export function manyFindings(count: number, parts: Partial<Finding> = {}): Finding[] {
  return Array.from({ length: count }, (_, index) =>
    finding({
      subject: fileSubject(`apps/web-${index}/policy.yaml`, at(index + 1, 3, 7)),
      ...parts,
      fingerprint: index.toString(16).padStart(32, '0'),
    }),
  );
}

export function commit(sha: string, signature: Partial<Signature> = {}, subject = 'Change it'): Commit {
  return {
    sha,
    parents: [BASE],
    authorName: 'Mona',
    authorEmail: 'mona@example.org',
    committerName: 'Mona',
    committerEmail: 'mona@example.org',
    subject,
    signature: { state: 'valid', kind: 'ssh', signer: 'mona@example.org', reason: null, ...signature },
  };
}

/** A change in which nothing is wrong. */
export function report(parts: Partial<Report> = {}): Report {
  return {
    conclusion: 'success',
    reportOnly: false,
    base: BASE,
    head: HEAD,
    mergeBase: BASE,
    policy: { source: '.github/gitops-warden.yml', hash: 'd'.repeat(64) },
    configProblems: [],
    findings: [],
    waived: [],
    failures: [],
    notChecked: [],
    commits: [],
    reach: { applications: [], clusters: [], environments: [] },
    sops: null,
    stats: { files: 2, manifests: 3, commits: 1, milliseconds: 41 },
    ...parts,
  };
}

export function failing(findings: readonly Finding[], parts: Partial<Report> = {}): Report {
  return report({ conclusion: 'failure', findings, ...parts });
}

/** A report in which every text that can come from a stranger is the given one. */
export function strangersReport(text: string): Report {
  const object: ObjectRef = { apiVersion: text, kind: text, namespace: text, name: text };
  const message = `Secret \`${text}\` is wrong: ${text}`;
  const related = [{ message, location: { path: text, range: at(1) } }];
  const findings = [
    finding({ message, related, subject: fileSubject(text, at(2, 3, 9), { object }) }),
    finding({ message, related, severity: 'warning', subject: fileSubject(text, null), url: text }),
    finding({ message, severity: 'info', subject: fileSubject(text, at(1), { commit: PAST }), ruleId: text }),
    finding({ message, subject: { type: 'commit', commit: PAST } }),
    finding({ message, subject: { type: 'push', ref: text, commit: PAST } }),
    finding({ message, introduced: false, subject: fileSubject(text) }),
  ].map((one, index) => ({ ...one, fingerprint: index.toString(16).padStart(32, '0') }));
  return failing(findings, {
    policy: { source: text, hash: 'd'.repeat(64) },
    configProblems: [
      { path: text, line: 2, message: text },
      { path: text, line: null, message: text },
    ],
    waived: [
      {
        finding: finding({ message, subject: fileSubject(text) }),
        reason: text,
        approver: text,
        until: text,
        origin: 'comment',
        scope: 'finding',
      },
    ],
    failures: [
      { ruleId: text, path: text, reason: text },
      { ruleId: text, path: null, reason: text },
    ],
    notChecked: [
      { path: text, reason: text, blocks: true },
      { path: text, reason: text, blocks: false },
    ],
    commits: [commit(PAST, { state: 'bad-signature', signer: text, reason: text }, text)],
    reach: { applications: [text], clusters: [text], environments: [text] },
  });
}

/** One of everything. */
export function sopsChange(parts: Partial<SopsChange> = {}): SopsChange {
  return {
    configs: [{ path: '.sops.yaml', change: 'edited' }],
    access: [
      {
        recipient: 'age1gains',
        change: 'gains',
        files: { count: 4, paths: ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml'] },
      },
      { recipient: 'a recipient of type kms', change: 'loses', files: { count: 0, paths: [] } },
    ],
    rekey: { count: 2, paths: ['a.yaml', 'b c.yaml'] },
    reencrypt: { count: 1, paths: ['c.yaml'] },
    withoutRule: { count: 1, paths: ['d.yaml'] },
    plainWithoutRule: { count: 300, paths: ['x.yaml'] },
    remarks: [{ path: '.sops.yaml', line: 3, text: 'has the key `a|b`: SOPS ignores it' }],
    incomplete: null,
    ...parts,
  };
}
