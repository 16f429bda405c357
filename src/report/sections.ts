import { byteLength } from './plain.ts';

/** A part of a page in Markdown that can be shortened row by row. */
export interface Section {
  readonly title: string;
  /** Sections with a lower number get room first. */
  readonly rank: number;
  readonly intro?: string;
  /** Items of a list. */
  readonly rows: readonly string[];
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
  const filled = sections.filter((section) => section.rows.length > 0);
  const kept = new Map<Section, number>();
  const frames = filled.reduce((sum, section) => sum + byteLength(rendered(section, 0)) + 2, 0);
  let left = room - frames;
  for (const section of [...filled].sort((a, b) => a.rank - b.rank)) {
    let count = 0;
    for (const row of section.rows) {
      left -= byteLength(row) + 1;
      if (left < 0) break;
      count += 1;
    }
    kept.set(section, count);
    if (left < 0) break;
  }
  return filled.map((section) => rendered(section, kept.get(section) ?? 0));
}

function rendered({ title, intro, rows, folded }: Section, count: number): string {
  const rest = rows.length - count;
  const more =
    count === 0
      ? `- ${rest}, left out here for want of room`
      : `- and ${rest} more, left out here for want of room`;
  const list = [...rows.slice(0, count), ...(rest > 0 ? [more] : [])].join('\n');
  const body = intro === undefined ? list : `${intro}\n\n${list}`;
  return folded === true
    ? `<details><summary>${title}</summary>\n\n${body}\n\n</details>`
    : `### ${title}\n\n${body}`;
}
