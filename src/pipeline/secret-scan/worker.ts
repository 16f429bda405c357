import { createHmac } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { KnownIndex } from '../../secrets/gitleaks/known.ts';
import { Lines } from '../../secrets/lines.ts';
import { readableText, type ReadableText } from '../../secrets/readable-text.ts';
import { compileRuleSet, type RuleSet } from '../../secrets/rule-set.ts';
import type { ScanSetup } from '../../secrets/scan-setup.ts';
import { TextScan, type RawLeak } from '../../secrets/text-scan.ts';
import { distinct } from './distinct.ts';
import { toFound } from './found.ts';
import { forgetOldSetups } from './protocol.ts';
import type {
  FoundLeak,
  WorkerAnswer,
  WorkerBatch,
  WorkerJob,
  WorkerMessage,
  WorkerSettings,
} from './protocol.ts';
import { runSearches } from './stretches.ts';

/** More in one file are one mistake, not thousands. */
const MAX_LEAKS = 1_000;
const MAX_RAW = 20_000;

interface Ready {
  readonly rules: RuleSet;
  readonly known: KnownIndex;
  readonly setup: ScanSetup;
}

const settings = workerData as WorkerSettings;
const setups = new Map<string, Ready>();

parentPort?.on('message', (batch: WorkerBatch) => {
  const ready = readyFor(batch);
  if (ready === null) answer(batch.jobs.map(({ id }) => ({ id, leaks: null })));
  else searchAll(batch, ready);
});

function answer(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function readyFor({ setupHash, setup }: WorkerBatch): Ready | null {
  const known = setups.get(setupHash);
  if (known !== undefined || setup === null) return known ?? null;
  const ready = { rules: compileRuleSet(setup.rules), known: new KnownIndex(setup.known), setup };
  setups.set(setupHash, ready);
  forgetOldSetups(setups);
  return ready;
}

function searchAll({ jobs, contents }: WorkerBatch, { rules, known, setup }: Ready): void {
  let start = 0;
  const texts = jobs.map(({ length }) => readableText(contents.subarray(start, (start += length))));
  const searches = jobs.map(
    ({ path, commit }, index) => new TextScan(rules, { path, commit, text: texts[index]?.text ?? '' }, setup),
  );
  runSearches(searches, ({ from, to, complete }) => {
    const answers = jobs.slice(from, to).flatMap((job, offset): WorkerAnswer[] => {
      const [search, text] = [searches[from + offset], texts[from + offset]];
      if (search === undefined || text === undefined) return [];
      return [{ id: job.id, leaks: complete ? leaksOf(search, job, text, known) : null }];
    });
    answer(answers);
  });
}

function leaksOf(
  search: TextScan,
  { path, commit }: WorkerJob,
  { text, faithful }: ReadableText,
  known: KnownIndex,
): FoundLeak[] {
  const lines = new Lines(text);
  const found = distinct(search.leaks.slice(0, MAX_RAW)).map((leak) =>
    toFound(leak, {
      lines,
      faithful,
      fingerprint: fingerprintOf(leak),
      known: known.knows(leak, path, commit),
    }),
  );
  // Each sort by itself: what is allowed must not crowd out what is not.
  const isNews = ({ known, commented }: FoundLeak): boolean => known === null && !commented;
  return [
    ...found.filter(isNews).slice(0, MAX_LEAKS),
    ...found.filter((leak) => !isNews(leak)).slice(0, MAX_LEAKS),
  ];
}

function fingerprintOf({ secret }: RawLeak): string | null {
  if (settings.fingerprintKey === null || secret === '') return null;
  const digest = createHmac('sha256', settings.fingerprintKey).update(secret).digest('hex');
  return `hmac:${digest.slice(0, 32)}`;
}

// The first message says that the worker is there.
answer([]);
