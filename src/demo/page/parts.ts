import { html, type Html } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import type { CheckView, ItemView, RemarkView } from './view.ts';

type Tone = 'good' | 'bad' | 'warn' | 'merged' | '';

const TONES: Readonly<Record<string, Tone>> = {
  success: 'good',
  failure: 'bad',
  timed_out: 'bad',
  action_required: 'warn',
  in_progress: 'warn',
  queued: 'warn',
  open: 'good',
  merged: 'merged',
  closed: 'bad',
  APPROVED: 'good',
  CHANGES_REQUESTED: 'bad',
  notice: '',
  warning: 'warn',
};

export function renderBadge(value: string): Html {
  return html`<span class="badge ${TONES[value] ?? ''}">${value.toLowerCase().replaceAll('_', ' ')}</span>`;
}

export function renderBody(markdown: string): Html {
  return html`<div class="markdown">${renderMarkdown(markdown)}</div>`;
}

function checkResult(check: CheckView): string {
  return check.conclusion ?? check.status;
}

function renderAnnotations(check: CheckView): Html | null {
  if (check.annotations.length === 0) return null;
  const items = check.annotations.map((annotation) => {
    const { path, startLine, endLine, level, title, message } = annotation;
    const lines = startLine === endLine ? `line ${startLine}` : `lines ${startLine}–${endLine}`;
    return html`<li data-annotation-level="${level}" data-path="${path}" data-line="${endLine}">
      ${renderBadge(level)} <code>${path}</code>,
      ${lines}${title === null ? null : html`: <strong>${title}</strong>`}
      <div class="text">${message}</div>
    </li>`;
  });
  return html`<h4>Annotations (${check.annotations.length})</h4>
    <ul class="list annotations">
      ${items}
    </ul>`;
}

export function renderCheck(check: CheckView): Html {
  return html`<article
    class="panel check"
    id="check-${check.id}"
    data-check="${check.name}"
    data-status="${check.status}"
    data-conclusion="${check.conclusion ?? ''}"
  >
    <header>
      <h3>${check.name}</h3>
      ${renderBadge(checkResult(check))} <span>${check.title}</span>
    </header>
    <div class="body">
      ${check.summary === null ? null : renderBody(check.summary)}
      ${check.text === null ? null : renderBody(check.text)} ${renderAnnotations(check)}
    </div>
  </article>`;
}

export function renderRemark(remark: RemarkView): Html {
  return html`<article class="panel remark" data-author="${remark.author}">
    <header>
      <strong>${remark.author}</strong> ${remark.state === null ? 'commented' : renderBadge(remark.state)}
    </header>
    ${remark.body === '' ? null : html`<div class="body">${renderBody(remark.body)}</div>`}
  </article>`;
}

/** A list of pull requests or issues; `empty` is shown when there are none. */
export function renderItems(items: readonly ItemView[], empty: string): Html {
  if (items.length === 0) return html`<p class="meta">${empty}</p>`;
  const rows = items.map(
    (item) =>
      html`<li>
        <a href="${item.address}">${item.title}</a> <span class="number">#${item.number}</span>
        ${renderBadge(item.state)} ${item.labels.map((label) => html`<span class="badge">${label}</span> `)}
        ${item.checks.map((check) => html`<span class="meta">${check.name}:</span> ${renderBadge(checkResult(check))} `)}
        <span class="meta">by ${item.author}</span>
      </li>`,
  );
  return html`<div class="panel">
    <ul class="list">
      ${rows}
    </ul>
  </div>`;
}
