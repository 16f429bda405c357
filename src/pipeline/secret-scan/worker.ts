import { createHmac } from 'node:crypto';
import { Script } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { KnownIndex } from '../../secrets/gitleaks/known.ts';
import { Lines } from '../../secrets/lines.ts';
import { readableText } from '../../secrets/readable-text.ts';
import { compileRuleSet, type RuleSet } from '../../secrets/rule-set.ts';
import type { ScanSetup } from '../../secrets/scan-setup.ts';
import { TextScan, type RawLeak } from '../../secrets/text-scan.ts';
import { distinct } from './distinct.ts';
import { toFound } from './found.ts';
import { forgetOldSetups } from './protocol.ts';
import type { FoundLeak, WorkerAnswer, WorkerBatch, WorkerJob, WorkerSettings } from './protocol.ts';

/** As long may V8 work at a stretch; a rule that takes longer goes to the engine that no text can stall. */
const STRETCH_MS = 400;
/** As long may one file take. */
const FILE_MS = 30_000;
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

// The only way to interrupt a regular expression: V8 stops what runs in a script when its time is over.
const script = new Script('stretchOfWork()');
const context = globalThis as unknown as { stretchOfWork: () => void };

parentPort?.on('message', (batch: WorkerBatch) => {
  const ready = readyFor(batch);
  for (const job of batch.jobs) {
    const answer: WorkerAnswer = { id: job.id, leaks: ready === null ? null : scan(job, ready) };
    parentPort?.postMessage(answer);
  }
});

function readyFor({ setupHash, setup }: WorkerBatch): Ready | null {
  const known = setups.get(setupHash);
  if (known !== undefined || setup === null) return known ?? null;
  const ready = { rules: compileRuleSet(setup.rules), known: new KnownIndex(setup.known), setup };
  setups.set(setupHash, ready);
  forgetOldSetups(setups);
  return ready;
}

function scan(job: WorkerJob, { rules, known, setup }: Ready): FoundLeak[] | null {
  const { text, faithful } = readableText(job.content);
  const task = new TextScan(rules, { path: job.path, commit: job.commit, text }, setup);
  const deadline = performance.now() + FILE_MS;
  while (!task.done) {
    const left = Math.floor(deadline - performance.now());
    if (left <= 0) return null;
    runFor(task, task.current?.engine === 're2' ? left : Math.min(left, STRETCH_MS));
  }
  const lines = new Lines(text);
  const found = distinct(task.leaks.slice(0, MAX_RAW)).map((leak) =>
    toFound(leak, {
      lines,
      faithful,
      fingerprint: fingerprintOf(leak),
      known: known.knows(leak, job.path, job.commit),
    }),
  );
  // Each sort by itself: what is allowed must not crowd out what is not.
  const isNews = ({ known, commented }: FoundLeak): boolean => known === null && !commented;
  return [
    ...found.filter(isNews).slice(0, MAX_LEAKS),
    ...found.filter((leak) => !isNews(leak)).slice(0, MAX_LEAKS),
  ];
}

function runFor(task: TextScan, milliseconds: number): void {
  context.stretchOfWork = () => {
    task.run();
  };
  try {
    script.runInThisContext({ timeout: Math.max(1, milliseconds) });
  } catch {
    // Out of time, or out of the stack that backtracking takes. Errors are not passed on: they may quote the text.
    task.yieldRule();
  }
}

function fingerprintOf({ secret }: RawLeak): string | null {
  if (settings.fingerprintKey === null || secret === '') return null;
  const digest = createHmac('sha256', settings.fingerprintKey).update(secret).digest('hex');
  return `hmac:${digest.slice(0, 32)}`;
}

// The first message says that the worker is there.
parentPort?.postMessage(null);
