import { collectDefaultMetrics, Registry } from 'prom-client';
import { createInstruments } from './instruments.ts';
import { boundedLabel, EVENTS, eventLabel, isName, isRoute, methodLabel, statusLabel } from './labels.ts';
import { createReading } from './reading.ts';

export { METRIC_NAMES } from './definitions.ts';

const DELIVERY_RESULTS = ['accepted', 'duplicate', 'ignored', 'refused', 'failed'] as const;
const JOB_STATES = ['waiting', 'running', 'dead'] as const;
const CONCLUSIONS = ['success', 'failure', 'cancelled', 'error'] as const;
const FETCHES = ['cold', 'warm', 'rebuilt'] as const;

/** `refused`: our answer was 4xx. `failed`: it was 5xx, and GitHub does not send the delivery again by itself. */
export type DeliveryResult = (typeof DELIVERY_RESULTS)[number];
export type JobState = (typeof JOB_STATES)[number];
export type JobOutcome = 'done' | 'superseded' | 'retried' | 'dead' | 'released' | 'lost';
export type ReviewStage = 'fetch' | 'collect' | 'judge' | 'publish';
/** `failure`: findings block. `error`: the review itself failed, and the check says so. */
export type ReviewConclusion = (typeof CONCLUSIONS)[number];
export type AlertResult = 'sent' | 'failed';
export type FetchResult = (typeof FETCHES)[number];
export type SweepResult = 'succeeded' | 'failed';

/** What the store says of its jobs. */
export interface JobStats {
  readonly counts: Readonly<Record<JobState, number>>;
  /** Age of the oldest job in each state, in milliseconds; 0 when there is none. */
  readonly oldest: Readonly<Record<JobState, number>>;
}

export interface MirrorStats {
  readonly count: number;
  readonly bytes: number;
}

export interface GitHubRequest {
  readonly method: string;
  /** The template before names were filled in: `/repos/{owner}/{repo}/pulls`. Others count as `other`. */
  readonly route: string;
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly seconds: number;
}

/** The headers `x-ratelimit-*` of an answer whose resource is `core`. */
export interface RateLimit {
  readonly installation: number;
  readonly remaining: number;
  readonly limit: number;
  /** When the window ends, in seconds since the epoch. The reading is dropped then. */
  readonly resetAt: number;
}

/**
 * What the operator can watch. One method for each thing that happens; durations are in seconds. None throws, and
 * values from outside cannot make the number of series grow without bound: one too many counts as `other`.
 */
export interface Metrics {
  delivery(event: string, result: DeliveryResult, seconds: number): void;
  /** `waited`: from acceptance to start. */
  jobStarted(kind: string, waited: number): void;
  /** `seconds`: how long this attempt ran. */
  jobFinished(kind: string, outcome: JobOutcome, seconds: number): void;
  reviewStage(stage: ReviewStage, seconds: number): void;
  review(conclusion: ReviewConclusion): void;
  finding(rule: string, severity: string, introduced: boolean): void;
  githubRequest(request: GitHubRequest): void;
  rateLimit(reading: RateLimit): void;
  alert(kind: string, receiver: string, result: AlertResult): void;
  mirrorFetch(result: FetchResult): void;
  mirrorEvicted(reason: string): void;
  sweep(sweep: string, result: SweepResult): void;
  sweepFound(what: string, count: number): void;
  auditEntry(action: string): void;
  storeError(): void;
  draining(draining: boolean): void;
  /** Asked at each scrape. A store that fails or takes more than two seconds is reported as down. */
  setJobStats(read: () => Promise<JobStats>): void;
  /** Asked at each scrape; left out when it fails or takes more than two seconds. */
  setMirrorStats(read: () => Promise<MirrorStats>): void;
  /** Everything in the text format of Prometheus. Does not fail because a reading does. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Longest that a scrape waits for a reading, in milliseconds. */
const READING_LIMIT = 2_000;
/** Most values of one label that come from outside; an organisation's own rules, for example. */
const MAX_VALUES = 200;

/**
 * Metrics with a registry of their own, and those of the process and of Node.js with them.
 *
 * @param now milliseconds since the epoch
 */
export function createMetrics(version: string, now: () => number = Date.now): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { counter, gauge, histogram } = createInstruments(registry);

  const draining = gauge('gitops_warden_draining');
  const deliveries = counter('gitops_warden_deliveries_total');
  const deliveryDuration = histogram('gitops_warden_delivery_duration_seconds');
  const jobs = gauge('gitops_warden_jobs');
  const oldestJobAge = gauge('gitops_warden_oldest_job_age_seconds');
  const jobsFinished = counter('gitops_warden_jobs_finished_total');
  const jobDuration = histogram('gitops_warden_job_duration_seconds');
  const jobWait = histogram('gitops_warden_job_wait_seconds');
  const stageDuration = histogram('gitops_warden_review_stage_duration_seconds');
  const reviews = counter('gitops_warden_reviews_total');
  const findings = counter('gitops_warden_findings_total');
  const requests = counter('gitops_warden_github_requests_total');
  const requestDuration = histogram('gitops_warden_github_request_duration_seconds');
  const rateLimitRemaining = gauge('gitops_warden_github_rate_limit_remaining');
  const rateLimitLimit = gauge('gitops_warden_github_rate_limit_limit');
  const alerts = counter('gitops_warden_alerts_total');
  const mirrorBytes = gauge('gitops_warden_mirror_bytes');
  const mirrors = gauge('gitops_warden_mirrors');
  const mirrorFetches = counter('gitops_warden_mirror_fetches_total');
  const mirrorEvictions = counter('gitops_warden_mirror_evictions_total');
  const sweeps = counter('gitops_warden_sweeps_total');
  const sweepLastSuccess = gauge('gitops_warden_sweep_last_success_timestamp_seconds');
  const sweepFound = counter('gitops_warden_sweep_found_total');
  const auditEntries = counter('gitops_warden_audit_entries_total');
  const storeUp = gauge('gitops_warden_store_up');
  const storeErrors = counter('gitops_warden_store_errors_total');

  gauge('gitops_warden_build_info').set({ version }, 1);
  // A series that is there from the start lets rate() see the first event, too.
  for (const event of EVENTS) {
    for (const result of DELIVERY_RESULTS) deliveries.inc({ event, result }, 0);
  }
  for (const conclusion of CONCLUSIONS) reviews.inc({ conclusion }, 0);
  for (const result of FETCHES) mirrorFetches.inc({ result }, 0);

  const names = (): ((value: string) => string) => boundedLabel(MAX_VALUES, isName);
  const kindOf = names();
  const ruleOf = names();
  const severityOf = names();
  const routeOf = boundedLabel(MAX_VALUES, isRoute);
  const alertKindOf = names();
  const receiverOf = names();
  const reasonOf = names();
  const sweepOf = names();
  const foundOf = names();
  const actionOf = names();

  const windows = new Map<number, number>();
  let readJobs: (() => Promise<JobStats | null>) | null = null;
  let readMirrors: (() => Promise<MirrorStats | null>) | null = null;

  function dropOldWindows(): void {
    for (const [installation, resetAt] of windows) {
      if (resetAt * 1_000 > now()) continue;
      windows.delete(installation);
      rateLimitRemaining.remove({ installation });
      rateLimitLimit.remove({ installation });
    }
  }

  async function updateJobs(): Promise<void> {
    const stats = (await readJobs?.()) ?? null;
    jobs.reset();
    oldestJobAge.reset();
    if (readJobs === null) storeUp.remove();
    else storeUp.set(stats === null ? 0 : 1);
    if (stats === null) return;
    for (const state of JOB_STATES) {
      jobs.set({ state }, stats.counts[state]);
      oldestJobAge.set({ state }, stats.oldest[state] / 1_000);
    }
  }

  async function updateMirrors(): Promise<void> {
    const stats = (await readMirrors?.()) ?? null;
    if (stats === null) {
      mirrors.remove();
      mirrorBytes.remove();
      return;
    }
    mirrors.set(stats.count);
    mirrorBytes.set(stats.bytes);
  }

  return {
    delivery(event, result, seconds) {
      deliveries.inc({ event: eventLabel(event), result });
      deliveryDuration.observe(seconds);
    },
    jobStarted(kind, waited) {
      jobWait.observe({ kind: kindOf(kind) }, waited);
    },
    jobFinished(kind, outcome, seconds) {
      jobsFinished.inc({ kind: kindOf(kind), outcome });
      jobDuration.observe({ kind: kindOf(kind) }, seconds);
    },
    reviewStage(stage, seconds) {
      stageDuration.observe({ stage }, seconds);
    },
    review(conclusion) {
      reviews.inc({ conclusion });
    },
    finding(rule, severity, introduced) {
      findings.inc({ rule: ruleOf(rule), severity: severityOf(severity), introduced: String(introduced) });
    },
    githubRequest({ method, route, status, seconds }) {
      const label = methodLabel(method);
      requests.inc({ method: label, route: routeOf(route), status: statusLabel(status) });
      requestDuration.observe({ method: label }, seconds);
    },
    rateLimit({ installation, remaining, limit, resetAt }) {
      windows.set(installation, resetAt);
      rateLimitRemaining.set({ installation }, remaining);
      rateLimitLimit.set({ installation }, limit);
    },
    alert(kind, receiver, result) {
      alerts.inc({ kind: alertKindOf(kind), receiver: receiverOf(receiver), result });
    },
    mirrorFetch(result) {
      mirrorFetches.inc({ result });
    },
    mirrorEvicted(reason) {
      mirrorEvictions.inc({ reason: reasonOf(reason) });
    },
    sweep(sweep, result) {
      sweeps.inc({ sweep: sweepOf(sweep), result });
      if (result === 'succeeded') sweepLastSuccess.set({ sweep: sweepOf(sweep) }, now() / 1_000);
    },
    sweepFound(what, count) {
      sweepFound.inc({ what: foundOf(what) }, count);
    },
    auditEntry(action) {
      auditEntries.inc({ action: actionOf(action) });
    },
    storeError() {
      storeErrors.inc();
    },
    draining(on) {
      draining.set(on ? 1 : 0);
    },
    setJobStats(read) {
      readJobs = createReading(read, READING_LIMIT);
    },
    setMirrorStats(read) {
      readMirrors = createReading(read, READING_LIMIT);
    },
    async render() {
      dropOldWindows();
      await Promise.all([updateJobs(), updateMirrors()]);
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
