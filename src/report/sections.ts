import { byteLength } from './plain.ts';

/** Items of a list, rendered when they are needed: of thousands, a page has room for some hundred. */
export interface Rows {
  readonly count: number;
  readonly at: (index: number) => string;
}

export function rowsOf<T>(items: readonly T[], render: (item: T) => string): Rows {
  return {
    count: items.length,
    at: (index) =>
      items
        .slice(index, index + 1)
        .map(render)
        .join(''),
  };
}

/** Bytes for two line breaks behind a section, for `and … more` in its note, and for a blank line in front of that. */
const FRAME = 3 + 'and  more'.length;

/** A part of a page in Markdown that can be shortened row by row. */
export interface Section {
  readonly title: string;
  /** Sections with a lower number get room first. */
  readonly rank: number;
  readonly intro?: string;
  /** The columns, when each row is a row of a table. */
  readonly columns?: readonly string[];
  readonly rows: Rows;
  /** Hidden until it is opened. */
  readonly folded?: boolean;
}

/**
 * Renders sections in their order, and gives room to the important ones first. Rows are kept or left out whole, and a
 * section says how many it leaves out. Empty sections are not rendered.
 *
 * @param room UTF-8 bytes for everything, the blank lines between the sections included
 */
export function fitSections(sections: readonly Section[], room: number): string[] {
  const filled = sections.filter((section) => section.rows.count > 0);
  const frames = filled.reduce((sum, section) => sum + byteLength(rendered(section, [])) + FRAME, 0);
  const kept = new Map<Section, readonly string[]>();
  let left = room - frames;
  for (const section of [...filled].sort((a, b) => a.rank - b.rank)) {
    const rows: string[] = [];
    while (left >= 0 && rows.length < section.rows.count) {
      const row = section.rows.at(rows.length);
      left -= byteLength(row) + 1;
      if (left >= 0) rows.push(row);
    }
    kept.set(section, rows);
  }
  return filled.map((section) => rendered(section, kept.get(section) ?? []));
}

function rendered({ title, intro, columns, rows, folded }: Section, kept: readonly string[]): string {
  const rest = rows.count - kept.length;
  const note = `${kept.length === 0 ? String(rest) : `and ${rest} more`}, left out here for want of room`;
  const remark = rest > 0 ? [`- ${note}`] : [];
  const head = [columns ?? [], (columns ?? []).map(() => '---')].map((cells) => `| ${cells.join(' | ')} |`);
  const list =
    columns === undefined
      ? [...kept, ...remark].join('\n')
      : [...(kept.length === 0 ? [] : [[...head, ...kept].join('\n')]), ...remark].join('\n\n');
  const body = intro === undefined ? list : `${intro}\n\n${list}`;
  return folded === true
    ? `<details><summary>${title}</summary>\n\n${body}\n\n</details>`
    : `### ${title}\n\n${body}`;
}
