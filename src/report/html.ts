import { shortSha } from '../engine/change.ts';
import { SEVERITIES, type Finding } from '../engine/finding.ts';
import type { Report } from '../engine/report.ts';
import { groupCommits, signatureText, type CommitGroup, type Mending } from './commit-groups.ts';
import { isWebPage, messageSpans, oneLine, placeOf, plural, SEVERITY_NAMES, visible } from './plain.ts';
import { POLICY_COLUMNS, policyIntro, policyRows, POLICY_TITLE } from './policy-change.ts';
import { SOPS_COLUMNS, sopsIntro, sopsRows } from './sops-change.ts';
import { coverageOf, verdictOf } from './verdict.ts';
import { approvalOf } from './waived.ts';

const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --dim: #59636e; --line: #d1d9e0; --back: #fff; --panel: #f6f8fa;
  --error: #b3261e; --warning: #8a5a00; --info: #0b57a4; --good: #1a6b34; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --dim: #9198a1; --line: #3d444d; --back: #0d1117;
  --panel: #151b23; --error: #ff8a80; --warning: #e3b341; --info: #79b8ff; --good: #56d364; } }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; color: var(--text); background: var(--back);
  font: 16px/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font: 600 .95rem ui-monospace, monospace; margin: 1.25rem 0 .25rem; }
.verdict { border-left: .4rem solid; padding: .5rem 1rem; background: var(--panel); font-weight: 600; }
.blocked, .error { color: var(--error); } .incomplete, .report-only, .warning { color: var(--warning); }
.info { color: var(--info); } .passed { color: var(--good); }
ul { list-style: none; margin: 0; padding: 0; } li { border-top: 1px solid var(--line); padding: .6rem 0; }
code { font: .9em ui-monospace, monospace; background: var(--panel); padding: .1em .3em; border-radius: .25em; }
a { color: inherit; } .dim { color: var(--dim); } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top; }
@media print { body { max-width: none; padding: 0; } }
`;

/** One file that opens without a network: no script, no font, no picture from elsewhere. */
export function renderHtml(report: Report): string {
  const verdict = verdictOf(report);
  const introduced = report.findings.filter((finding) => finding.introduced);
  const existing = report.findings.filter((finding) => !finding.introduced);
  const sections = [
    findingsSection('Findings', introduced, report),
    listSection(
      'Mistakes in the configuration of the base',
      report.configProblems.map(
        ({ path, line, message }) => `${code(line === null ? path : `${path}:${line}`)} ${text(message)}`,
      ),
    ),
    listSection('Not checked', [
      ...report.failures.map(
        ({ ruleId, path, reason }) =>
          `Rule ${code(ruleId)}${path === null ? '' : ` on ${code(path)}`}: ${text(reason)}`,
      ),
      ...report.notChecked.map(({ path, reason }) => `${code(path)} ${text(reason)}`),
    ]),
    listSection(
      'Waived',
      report.waived.map(
        (one) =>
          `${code(placeOf(one.finding))} ${code(one.finding.ruleId)}: ${text(`${one.reason} (${approvalOf(one)})`)}`,
      ),
    ),
    sopsSection(report),
    policySection(report),
    listSection('What it reaches', reachItems(report)),
    commitsSection(report),
    existing.length === 0
      ? ''
      : `<details><summary>There before, and not held against this change: ${existing.length}</summary>${findingsSection('Existing findings', existing, report)}</details>`,
  ];
  const { source, hash } = report.policy;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>gitops-warden: ${escape(verdict.headline)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>gitops-warden</h1>
<p class="dim">${commitRange(report)}</p>
<p class="verdict ${verdict.state}">${escape(verdict.headline)}.</p>
</header>
<main>
${sections.filter((section) => section !== '').join('\n')}
</main>
<footer class="dim">
<p>${escape(coverageOf(report))} Policy: ${code(source)} (${code(shortSha(hash))}).</p>
</footer>
</body>
</html>
`;
}

function commitRange({ base, head }: Report): string {
  const to = head === null ? 'files on disk' : code(shortSha(head));
  return base === null ? `Scan of ${to}` : `${code(shortSha(base))} to ${to}`;
}

function findingsSection(title: string, findings: readonly Finding[], report: Report): string {
  if (findings.length === 0) return '';
  const groups = new Map<string, Finding[]>();
  const { groups: commitGroups, others } = groupCommits(findings, report);
  for (const finding of others) {
    const group =
      finding.subject.type === 'file'
        ? finding.subject.path
        : finding.subject.type === 'commit'
          ? 'Commits'
          : 'Push';
    groups.set(group, [...(groups.get(group) ?? []), finding]);
  }
  const counts = SEVERITIES.map((severity) => ({
    severity,
    count: findings.filter((one) => one.severity === severity).length,
  }))
    .filter(({ count }) => count > 0)
    .map(
      ({ severity, count }) =>
        `<span class="${severity}">${plural(count, SEVERITY_NAMES[severity].toLowerCase())}</span>`,
    );
  const parts = [...groups].map(
    ([group, members]) =>
      `<h3>${escape(visible(group))}</h3>\n<ul>\n${members.map(findingItem).join('\n')}\n</ul>`,
  );
  const all = [...commitGroups.map(commitGroup), ...parts];
  return `<section>\n<h2>${escape(title)} <small>${counts.join(' · ')}</small></h2>\n${all.join('\n')}\n</section>`;
}

function commitGroup({ ruleId, severity, url, commits, headline, mending }: CommitGroup): string {
  const items = commits.map(
    (commit) =>
      `<li>${code(shortSha(commit.sha))} ${escape(visible(commit.subject))}: ${text(signatureText(commit))}</li>`,
  );
  return [
    '<h3>Commits</h3>',
    `<p><strong class="${severity}">${severity}</strong> ${ruleLink(ruleId, url)}<br>${escape(headline)}</p>`,
    `<ul>\n${items.join('\n')}\n</ul>`,
    ...(mending === null ? [] : [mendingPart(mending)]),
  ].join('\n');
}

function mendingPart({ advice, ssh, openpgp, commands, page }: Mending): string {
  const lines = [
    '# with an SSH key',
    ...ssh,
    '# or with an OpenPGP key',
    ...openpgp.map((line) => `# ${line}`),
    ...commands,
  ];
  const hints = advice.map((sentence) => `<p>${text(sentence)}</p>\n`).join('');
  return `${hints}<p>Sign them anew:</p>\n<pre><code>${escape(lines.join('\n'))}</code></pre>\n<p><a href="${escape(page)}">How to set up signing</a></p>`;
}

function ruleLink(ruleId: string, url: string | null): string {
  const rule = code(ruleId);
  return url !== null && isWebPage(url) ? `<a href="${escape(url)}">${rule}</a>` : rule;
}

function findingItem(finding: Finding): string {
  const linked = ruleLink(finding.ruleId, finding.url);
  const related = finding.related.map(({ message, location: { path, range } }) => {
    const place = range === null ? path : `${path}:${range.start.line}`;
    return `<br>${code(place)}: ${text(message)}`;
  });
  return `<li><strong class="${finding.severity}">${finding.severity}</strong> ${linked} <span class="dim">${escape(visible(placeOf(finding)))}</span><br>${text(finding.message)}${related.join('')}</li>`;
}

function listSection(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<section>\n<h2>${escape(title)}</h2>\n<ul>\n${items.map((item) => `<li>${item}</li>`).join('\n')}\n</ul>\n</section>`;
}

function reachItems({ reach }: Report): string[] {
  const item = (title: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${title}: ${names.map(code).join(', ')}`];
  return [
    ...item('Applications', reach.applications),
    ...item('Clusters', reach.clusters),
    ...item('Environments', reach.environments),
  ];
}

function sopsSection({ sops }: Report): string {
  if (sops === null) return '';
  const head = SOPS_COLUMNS.map((name) => `<th scope="col">${escape(name)}</th>`).join('');
  const rows = sopsRows(sops).map(
    (cells) => `<tr>${cells.map((cell) => `<td>${text(cell)}</td>`).join('')}</tr>`,
  );
  return `<section>\n<h2>What the change of ${code('.sops.yaml')} means</h2>\n<p>${text(sopsIntro(sops))}</p>\n<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>\n</section>`;
}

function policySection({ policyChanges = [] }: Report): string {
  if (policyChanges.length === 0) return '';
  const head = POLICY_COLUMNS.map((name) => `<th scope="col">${escape(name)}</th>`).join('');
  const rows = policyRows(policyChanges).map(
    (cells) => `<tr>${cells.map((cell) => `<td>${text(cell)}</td>`).join('')}</tr>`,
  );
  return `<section>\n<h2>${POLICY_TITLE}</h2>\n<p>${text(policyIntro(policyChanges))}</p>\n<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>\n</section>`;
}

function commitsSection({ commits }: Report): string {
  if (commits.length === 0) return '';
  const rows = commits.map(
    ({ sha, subject, signature }) =>
      `<tr><td>${code(shortSha(sha))}</td><td>${escape(visible(subject))}</td><td>${escape(signature.state)}</td><td>${escape(visible(signature.signer ?? ''))}</td><td>${escape(oneLine(signature.reason ?? ''))}</td></tr>`,
  );
  return `<section>\n<h2>Commits</h2>\n<table>\n<thead><tr><th scope="col">Commit</th><th scope="col">Subject</th><th scope="col">Signature</th><th scope="col">Signer</th><th scope="col">Reason</th></tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>\n</section>`;
}

/** A message: names in backquotes become code. */
function text(message: string): string {
  return messageSpans(message)
    .map((span) => (span.isCode ? code(span.text) : escape(oneLine(span.text))))
    .join('');
}

function code(name: string): string {
  return `<code>${escape(visible(name))}</code>`;
}

function escape(plain: string): string {
  return plain
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
