/** What one metric is: the type of Prometheus, its help text, its labels, and a histogram's upper bounds. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, in the unit of the name; only for histograms. */
  readonly buckets?: readonly number[];
}

const ANSWER = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const REQUEST = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
const WORK = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900] as const;

/** Every metric of our own. The operator's rules and dashboard use these names; a test keeps them in step. */
export const METRICS = {
  gitops_warden_build_info: {
    type: 'gauge',
    help: 'Always 1; the label says which version runs.',
    labels: ['version'],
  },
  gitops_warden_draining: {
    type: 'gauge',
    help: '1 while the process finishes its work before it stops, else 0.',
    labels: [],
  },
  gitops_warden_deliveries_total: {
    type: 'counter',
    help: 'Webhook deliveries by event and by what became of them.',
    labels: ['event', 'result'],
  },
  gitops_warden_delivery_duration_seconds: {
    type: 'histogram',
    help: 'Time from the receipt of a webhook delivery to the answer.',
    labels: [],
    buckets: ANSWER,
  },
  gitops_warden_jobs: {
    type: 'gauge',
    help: 'Jobs in the store by state. Replicas that share a store report the same jobs: take the maximum.',
    labels: ['state'],
  },
  gitops_warden_oldest_job_age_seconds: {
    type: 'gauge',
    help: 'Age of the oldest job in the store by state; 0 when there is none. Take the maximum over replicas.',
    labels: ['state'],
  },
  gitops_warden_jobs_finished_total: {
    type: 'counter',
    help: 'Attempts at jobs that ended, by kind of job and by how they ended.',
    labels: ['kind', 'outcome'],
  },
  gitops_warden_job_duration_seconds: {
    type: 'histogram',
    help: 'Time that one attempt at a job ran.',
    labels: ['kind'],
    buckets: WORK,
  },
  gitops_warden_job_wait_seconds: {
    type: 'histogram',
    help: 'Time from the acceptance of a job to its start.',
    labels: ['kind'],
    buckets: WORK,
  },
  gitops_warden_review_stage_duration_seconds: {
    type: 'histogram',
    help: 'Time that one stage of a review took.',
    labels: ['stage'],
    buckets: WORK,
  },
  gitops_warden_reviews_total: {
    type: 'counter',
    help: 'Completed checks by conclusion; error means that the review itself failed.',
    labels: ['conclusion'],
  },
  gitops_warden_findings_total: {
    type: 'counter',
    help: 'Findings by rule, by severity, and by whether the change introduced them.',
    labels: ['rule', 'severity', 'introduced'],
  },
  gitops_warden_github_requests_total: {
    type: 'counter',
    help: 'Requests to GitHub by method, route and status; none when there was no answer.',
    labels: ['method', 'route', 'status'],
  },
  gitops_warden_github_request_duration_seconds: {
    type: 'histogram',
    help: 'Time of one request to GitHub.',
    labels: ['method'],
    buckets: REQUEST,
  },
  gitops_warden_github_rate_limit_remaining: {
    type: 'gauge',
    help: 'Requests to GitHub that an installation has left in its present window.',
    labels: ['installation'],
  },
  gitops_warden_github_rate_limit_limit: {
    type: 'gauge',
    help: 'Requests to GitHub that an installation may make in a window.',
    labels: ['installation'],
  },
  gitops_warden_alerts_total: {
    type: 'counter',
    help: 'Alerts by kind, receiver and result.',
    labels: ['kind', 'receiver', 'result'],
  },
  gitops_warden_mirror_bytes: {
    type: 'gauge',
    help: 'Disk space that the copies of repositories take.',
    labels: [],
  },
  gitops_warden_mirrors: { type: 'gauge', help: 'Copies of repositories on disk.', labels: [] },
  gitops_warden_mirror_fetches_total: {
    type: 'counter',
    help: 'Fetches by result: cold without a copy, warm into a copy, rebuilt after damage.',
    labels: ['result'],
  },
  gitops_warden_mirror_evictions_total: {
    type: 'counter',
    help: 'Copies of repositories that were removed, by reason.',
    labels: ['reason'],
  },
  gitops_warden_sweeps_total: {
    type: 'counter',
    help: 'Sweeps, which look for missed work, by result.',
    labels: ['sweep', 'result'],
  },
  gitops_warden_sweep_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When a sweep last succeeded in this process, in seconds since the epoch.',
    labels: ['sweep'],
  },
  gitops_warden_sweep_found_total: {
    type: 'counter',
    help: 'Missed work that sweeps found, by what it was.',
    labels: ['what'],
  },
  gitops_warden_audit_entries_total: {
    type: 'counter',
    help: 'Entries written to the audit log by action.',
    labels: ['action'],
  },
  gitops_warden_store_up: {
    type: 'gauge',
    help: '1 when the store answered during this scrape, else 0.',
    labels: [],
  },
  gitops_warden_store_errors_total: {
    type: 'counter',
    help: 'Operations on the store that failed.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;

/** The names of `METRICS`; a histogram's series add `_bucket`, `_sum` and `_count`. */
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];
