import { html, type Html } from './html.ts';
import { renderBody } from './parts.ts';
import type { CommentView, DiffLineView, FileView } from './view.ts';

const MARKS = { context: ' ', added: '+', deleted: '−' } as const;
const SPOKEN = { context: 'unchanged', added: 'added', deleted: 'removed' } as const;

function placeOf({ originalLine, line, startLine }: CommentView): string {
  if (originalLine === null) return 'on the file';
  if (line === null) return `on line ${originalLine} of an earlier version`;
  return startLine === null ? `on line ${line}` : `on lines ${startLine} to ${line}`;
}

function renderComment(comment: CommentView): Html {
  const { id, path, side, author, body, originalLine, line } = comment;
  const outdated = originalLine !== null && line === null;
  return html`<article
    class="comment"
    id="discussion_r${id}"
    data-path="${path}"
    data-line="${line ?? originalLine ?? ''}"
    data-side="${side}"
    data-outdated="${String(outdated)}"
  >
    <header><strong>${author}</strong> <span class="meta">commented ${placeOf(comment)}</span></header>
    ${renderBody(body)}
  </article>`;
}

function isUnder(line: DiffLineView, comment: CommentView): boolean {
  return comment.line !== null && (comment.side === 'LEFT' ? line.left : line.right) === comment.line;
}

function renderLine(line: DiffLineView, comments: readonly CommentView[]): Html {
  const under = comments.filter((comment) => isUnder(line, comment));
  return html`<tr class="${line.type}">
      <td class="number">${line.left}</td>
      <td class="number">${line.right}</td>
      <td class="code">
        <code
          ><span aria-hidden="true">${MARKS[line.type]} </span
          ><span class="visually-hidden">${SPOKEN[line.type]}: </span>${line.text}</code
        >
      </td>
    </tr>
    ${
      under.length === 0
        ? null
        : html`<tr class="comments">
            <td colspan="3">${under.map(renderComment)}</td>
          </tr>`
    }`;
}

function renderHunks(file: FileView): Html {
  if (file.hunks.length === 0)
    return html`<p class="body meta">
      No lines to show: binary, too large, or only its name or mode changed.
    </p>`;
  const hunks = file.hunks.map(
    (hunk) =>
      html`<tr class="hunk">
          <td colspan="3"><code>${hunk.header}</code></td>
        </tr>
        ${hunk.lines.map((line) => renderLine(line, file.comments))}`,
  );
  return html`<div class="scroll">
    <table class="diff">
      <caption class="visually-hidden">
        Changes in ${file.path}
      </caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Old line</th>
          <th scope="col">New line</th>
          <th scope="col">Content</th>
        </tr>
      </thead>
      <tbody>
        ${hunks}
      </tbody>
    </table>
  </div>`;
}

/** One changed file, with each comment under its line. Comments without a line of this diff stand on top. */
export function renderFile(file: FileView): Html {
  const shown = file.hunks.flatMap((hunk) => hunk.lines);
  const loose = file.comments.filter((comment) => !shown.some((line) => isUnder(line, comment)));
  const renamed =
    file.previousPath === null
      ? null
      : html`<span class="meta">from <code>${file.previousPath}</code></span>`;
  return html`<section class="panel file" data-file="${file.path}">
    <div class="head">
      <h3><code>${file.path}</code></h3>
      ${renamed}
      <span class="meta">${file.status}, ${file.additions} lines added, ${file.deletions} removed</span>
    </div>
    ${loose.length === 0 ? null : html`<div class="body">${loose.map(renderComment)}</div>`}
    ${renderHunks(file)}
  </section>`;
}
