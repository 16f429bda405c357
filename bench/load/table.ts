import type { Burst } from './burst.ts';
import type { Growth } from './growth.ts';
import type { StoreName } from './stores.ts';
import type { Sustained } from './sustained.ts';

/** What was measured with one store. */
export interface Measured {
  readonly store: StoreName;
  readonly bursts: readonly Burst[];
  readonly sustained: readonly Sustained[];
  readonly growth: Growth;
}

/** @param share from 0 to 1 @param sorted ascending */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

/** The first column is text, the others are numbers. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return rows.map(line).join('\n');
}

export function whole(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

function milliseconds(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(0)} ms` : 'none';
}

function cpu(value: number | null): string {
  return value === null ? 'unknown' : milliseconds(value);
}

function mebibytes(value: number | undefined | null): string {
  return value === undefined || value === null ? 'unknown' : `${whole(value)} MiB`;
}

export function burstTable(all: readonly Measured[]): string {
  const rows = all.flatMap(({ store, bursts }) =>
    bursts.map((burst) => [
      `${store}, worker ${burst.kind}`,
      whole(burst.accepted),
      whole(burst.lost),
      whole(burst.perSecond),
      ...[0.5, 0.9, 0.99, 1].map((share) => milliseconds(percentile(burst.milliseconds, share))),
      mebibytes(burst.peakMebibytes),
      whole(burst.reviews),
    ]),
  );
  return table([
    ['', 'accepted', 'lost', 'a second', 'p50', 'p90', 'p99', 'max', 'peak memory', 'reviews meanwhile'],
    ...rows,
  ]);
}

export function sustainedTable(all: readonly Measured[]): string {
  const rows = all.flatMap(({ store, sustained }) =>
    sustained.map((one) => [
      `${store}, ${workersOf(one)}`,
      one.perSecond.toFixed(2),
      cpu(one.cpuMilliseconds),
      cpu(one.githubCpuMilliseconds),
      mebibytes(one.peakMebibytes?.largest),
      mebibytes(one.peakMebibytes?.sum),
      one.requests.toFixed(1),
      whole(one.unfinished),
    ]),
  );
  return table([
    [
      '',
      'reviews a second',
      'CPU a review',
      'CPU of the stand-in',
      'peak, largest',
      'peak, sum',
      'requests a review',
      'unfinished',
    ],
    ...rows,
  ]);
}

function workersOf({ workers }: Sustained): string {
  const { processes, each } = workers;
  return `${String(processes)} ${processes === 1 ? 'process' : 'processes'}, CONCURRENCY=${String(each)}`;
}

export function growthTable(all: readonly Measured[]): string {
  const rows = all.flatMap(({ store, growth }) => [
    ...[...growth.rowsPerReview].map(([name, rows]) => [`${store}, ${name}`, rows.toFixed(2), '']),
    [`${store}, all`, total(growth).toFixed(2), `${whole((growth.bytesPerReview * 1_000) / 1024)} KiB`],
  ]);
  return table([['', 'rows a review', 'size of 1,000 reviews'], ...rows]);
}

function total({ rowsPerReview }: Growth): number {
  return [...rowsPerReview.values()].reduce((sum, one) => sum + one, 0);
}
