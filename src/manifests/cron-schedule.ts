interface Field {
  readonly name: string;
  readonly lowest: number;
  readonly highest: number;
  /** Names of the values, the lowest first. */
  readonly names: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'minute', lowest: 0, highest: 59, names: [] },
  { name: 'hour', lowest: 0, highest: 23, names: [] },
  { name: 'day of the month', lowest: 1, highest: 31, names: [] },
  {
    name: 'month',
    lowest: 1,
    highest: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  {
    name: 'day of the week',
    lowest: 0,
    highest: 6,
    names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
  },
];
const DESCRIPTORS = /^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)$/;
const EVERY = /^@every [+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;

/** Why a schedule is none that a CronJob may have, as a clause; null when it is one. */
export function scheduleProblem(schedule: string): string | null {
  if (schedule.includes('TZ=')) return 'names a time zone, which belongs into `timeZone`';
  if (schedule.startsWith('@'))
    return DESCRIPTORS.test(schedule) || EVERY.test(schedule) ? null : 'is no schedule that exists';
  const parts = schedule.split(/\s+/).filter((part) => part !== '');
  if (parts.length !== FIELDS.length) return `has ${String(parts.length)} fields in the place of 5`;
  for (const [index, field] of FIELDS.entries()) {
    const terms = (parts[index] ?? '').split(',').filter((term) => term !== '');
    if (!terms.every((term) => isTerm(term, field))) return `does not say which ${field.name} is meant`;
  }
  return null;
}

/** `*`, a value or a range, and a step behind it or not. */
function isTerm(term: string, field: Field): boolean {
  const [range = '', step, ...more] = term.split('/');
  if (more.length > 0 || (step !== undefined && !/^0*[1-9]\d*$/.test(step))) return false;
  if (range === '*' || range === '?') return true;
  const ends = range.split('-');
  const [first, last = first] = ends.map((end) => valueOf(end, field));
  if (ends.length > 2 || first === null || last === null || first === undefined || last === undefined)
    return false;
  return first >= field.lowest && last <= field.highest && first <= last;
}

function valueOf(text: string, { names, lowest }: Field): number | null {
  const index = names.indexOf(text.toLowerCase());
  if (index >= 0) return index + lowest;
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** Whether no month that a good schedule names has any of its days: `0 0 30 2 *`. */
export function neverComes(schedule: string): boolean {
  const [, , day = '*', month = '*', weekday = '*'] = schedule.split(/\s+/).filter((part) => part !== '');
  const [, , ofMonth, ofYear] = FIELDS;
  // Beside a day of the week, either of the two is enough.
  if (schedule.startsWith('@') || !/^[*?]/.test(weekday) || ofMonth === undefined || ofYear === undefined)
    return false;
  const first = Math.min(...day.split(',').map((term) => lowestOf(term, ofMonth)));
  return LONGEST.every((days, index) => first > days || !holds(month, index + 1, ofYear));
}

/** Days of the months, February in a leap year. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function lowestOf(term: string, field: Field): number {
  const [start = ''] = term.split(/[-/]/);
  return valueOf(start, field) ?? field.lowest;
}

function holds(list: string, value: number, field: Field): boolean {
  return list.split(',').some((term) => {
    const [range = '', step = '1'] = term.split('/');
    const [start = '', end] = range.split('-');
    const lowest = lowestOf(range, field);
    const open = /^[*?]/.test(start) || (end === undefined && term.includes('/'));
    const highest = open ? field.highest : (valueOf(end ?? start, field) ?? field.highest);
    return value >= lowest && value <= highest && (value - lowest) % Number(step) === 0;
  });
}

/** Whether `name` is one of the time zone database, as Go loads it: letter by letter. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name) || /^local$/i.test(name)) return false;
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    return known === name || known.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
