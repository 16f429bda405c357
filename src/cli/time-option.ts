const UNITS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** What `parseTime` understands, for messages. */
export const TIME_FORMS = 'a time ago (30m, 24h, 7d, 2w) or ISO 8601 (2026-05-01, 2026-05-01T12:00Z)';

/** Milliseconds since the epoch; null when the text names no time. Without a zone, UTC is meant. */
export function parseTime(text: string, now: number): number | null {
  const ago = /^(\d{1,6})([mhdw])$/.exec(text);
  if (ago !== null) return now - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0);
  const parts =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/i.exec(text);
  if (parts === null) return null;
  const [, day = '', clock = '00:00', zone = 'Z'] = parts;
  // Dates such as February 30 would be read as ones in March.
  const midnight = Date.parse(`${day}T00:00Z`);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return null;
  const time = Date.parse(`${day}T${clock}${zone.toUpperCase()}`);
  return Number.isNaN(time) ? null : time;
}
