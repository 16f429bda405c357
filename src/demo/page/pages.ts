import { renderFile } from './diff.ts';
import { html, type Html } from './html.ts';
import { renderLayout } from './layout.ts';
import { renderBadge, renderBody, renderCheck, renderItems, renderRemark } from './parts.ts';
import type {
  BlobView,
  CheckRunView,
  CommitView,
  IssueView,
  PullRequestView,
  RepositoryView,
} from './view.ts';

/** How GitHub's reasons read to a person. */
const REASONS: Readonly<Record<string, string>> = {
  unsigned: 'not signed',
  unknown_key: 'signed with a key that GitHub does not know',
  invalid: 'the signature does not match',
};

function renderCommit(commit: CommitView): Html {
  const tone = commit.verified ? 'good' : 'warn';
  const label = commit.verified ? 'Verified' : 'Unverified';
  const reason = REASONS[commit.reason] ?? commit.reason.replaceAll('_', ' ');
  return html`<li data-commit="${commit.sha}" data-verified="${String(commit.verified)}">
    <code>${commit.sha.slice(0, 7)}</code> ${commit.subject} <span class="meta">by ${commit.author}</span>
    <span class="badge ${tone}">${label}</span
    >${commit.verified ? null : html` <span class="meta">${reason}</span>`}
  </li>`;
}

function description(body: string | null): Html {
  return body === null || body.trim() === ''
    ? html`<p class="meta">No description.</p>`
    : html`<div class="panel"><div class="body">${renderBody(body)}</div></div>`;
}

export function renderPullRequestPage(view: PullRequestView): string {
  const content = html`<p class="meta">${view.repository}</p>
    <h1>${view.title} <span class="number">#${view.number}</span></h1>
    <p>
      ${renderBadge(view.state)} <strong>${view.author}</strong> wants to merge <code>${view.head}</code> into
      <code>${view.base}</code>
    </p>
    <section aria-labelledby="description">
      <h2 id="description">Description</h2>
      ${description(view.body)}
    </section>
    <section aria-labelledby="checks">
      <h2 id="checks">Checks</h2>
      ${view.checks.length === 0 ? html`<p class="meta">No checks yet.</p>` : view.checks.map(renderCheck)}
    </section>
    <section aria-labelledby="conversation">
      <h2 id="conversation">Conversation</h2>
      ${view.remarks.length === 0 ? html`<p class="meta">Nobody has said anything yet.</p>` : view.remarks.map(renderRemark)}
    </section>
    <section aria-labelledby="commits">
      <h2 id="commits">Commits (${view.commits.length})</h2>
      <div class="panel">
        <ul class="list">
          ${view.commits.map(renderCommit)}
        </ul>
      </div>
    </section>
    <section aria-labelledby="files">
      <h2 id="files">Files changed (${view.files.length})</h2>
      ${view.files.map(renderFile)}
    </section>
    <section aria-labelledby="issues">
      <h2 id="issues">Issues of this repository</h2>
      ${renderItems(view.issues, 'No issues.')}
    </section>`;
  return renderLayout(`${view.title} #${view.number}`, content);
}

export function renderIssuePage(view: IssueView): string {
  const content = html`<p class="meta">${view.repository}</p>
    <h1>${view.title} <span class="number">#${view.number}</span></h1>
    <p>
      ${renderBadge(view.state)} opened by
      <strong>${view.author}</strong>
      ${view.labels.map((label) => html`<span class="badge">${label}</span> `)}
    </p>
    ${description(view.body)} ${view.remarks.map(renderRemark)}`;
  return renderLayout(`${view.title} #${view.number}`, content);
}

export function renderCheckRunPage(view: CheckRunView): string {
  const content = html`<p class="meta">${view.repository}</p>
    <h1>${view.check.name}</h1>
    <p class="meta">on <code>${view.headSha}</code></p>
    ${renderCheck(view.check)}`;
  return renderLayout(view.check.name, content);
}

/** One version of a file. Each line can be linked to: `#L8`. */
export function renderBlobPage(view: BlobView): string {
  const rows = view.lines?.map(
    (line, index) =>
      html`<tr id="L${index + 1}">
        <td class="number">${index + 1}</td>
        <td class="code"><code>${line}</code></td>
      </tr>`,
  );
  const content = html`<p class="meta">${view.repository} at <code>${view.sha.slice(0, 7)}</code></p>
    <h1>${view.path}</h1>
    ${
      rows === undefined
        ? html`<p class="meta">Binary, or too large to show.</p>`
        : html`<div class="panel scroll">
            <table class="diff">
              <caption class="visually-hidden">
                Content of ${view.path}
              </caption>
              <thead class="visually-hidden">
                <tr>
                  <th scope="col">Line</th>
                  <th scope="col">Content</th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>
          </div>`
    }`;
  return renderLayout(view.path, content);
}

export function renderIndexPage(repositories: readonly RepositoryView[]): string {
  const sections = repositories.map(
    (repository) =>
      html`<section aria-label="${repository.name}">
        <h2>${repository.name}</h2>
        <h3>Pull requests</h3>
        ${renderItems(repository.pullRequests, 'No pull requests.')}
        <h3>Issues</h3>
        ${renderItems(repository.issues, 'No issues.')}
      </section>`,
  );
  return renderLayout(
    'Repositories',
    html`<h1>Repositories</h1>
      ${sections}`,
  );
}

export function renderNotFoundPage(): string {
  return renderLayout(
    'Not found',
    html`<h1>Not found</h1>
      <p>There is no such page. <a href="/">All repositories</a></p>`,
  );
}
