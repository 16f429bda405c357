import { InvalidArgumentError, Option, type Command } from 'commander';
import { AUDIT_ACTIONS, type AuditPoint } from '../store/audit-entry.ts';
import type { AuditQuery } from '../store/audit-search.ts';
import { JOB_STATES, type JobState } from '../store/job-store.ts';
import { AUDIT_FORMATS, type AuditFormat } from './audit-format.ts';
import { parseTime, TIME_FORMS } from './time-option.ts';

const STORE_HELP = `
The store is the one of \`gitops-warden serve\`: DATABASE_URL, DATABASE_URL_FILE or DATA_DIRECTORY name it.`;

interface Filters {
  since?: number;
  until?: number;
  action?: string;
  repository?: string;
  actor?: string;
  subject?: string;
  grep?: string;
  limit?: number;
}

/** Adds the commands that work on the App's store: `audit-log` and `jobs`. */
export function addStoreCommands(program: Command): void {
  addAuditLog(program);
  addJobs(program);
}

function addAuditLog(program: Command): void {
  const auditLog = program
    .command('audit-log')
    .description('Search, export and verify what the App and its people did.')
    .addHelpText('after', STORE_HELP);

  withFilters(auditLog.command('list'))
    .description('Print entries, the newest first.')
    .addOption(new Option('--limit <count>', 'at most so many').argParser(parseCount).default(50))
    .addOption(
      new Option('--format <format>', 'how; json is JSON Lines').choices(AUDIT_FORMATS).default('text'),
    )
    .action(async (options: Filters & { format: AuditFormat }) => {
      const { runAuditLog } = await import('./audit-log.ts');
      const query = { ...queryOf(options), newestFirst: true };
      process.exitCode = await runAuditLog({
        query,
        format: options.format,
        output: undefined,
        environment: process.env,
      });
    });

  withFilters(auditLog.command('export'))
    .description('Write all entries with all their fields, the oldest first.')
    .addOption(
      new Option('--format <format>', 'how; json is JSON Lines').choices(['json', 'csv']).default('json'),
    )
    .option('--output <file>', 'write there instead of to standard output')
    .action(async (options: Filters & { format: AuditFormat; output?: string }) => {
      const { runAuditLog } = await import('./audit-log.ts');
      process.exitCode = await runAuditLog({
        query: queryOf(options),
        format: options.format,
        output: options.output,
        environment: process.env,
      });
    });

  auditLog
    .command('verify')
    .description('Find every entry that was changed, removed, moved or added.')
    .addOption(
      new Option('--head <seq:hash>', 'a head that was noted elsewhere, to be compared with').argParser(
        parseHead,
      ),
    )
    .addHelpText('after', '\nExit codes: 0 complete and unchanged, 1 changed, 2 the store cannot be read.')
    .action(async (options: { head?: AuditPoint }) => {
      const { runAuditVerify } = await import('./audit-log.ts');
      process.exitCode = await runAuditVerify(options.head, process.env);
    });
}

function addJobs(program: Command): void {
  const jobs = program
    .command('jobs')
    .description('List the work of the App, and decide about jobs that failed too often.')
    .addHelpText('after', STORE_HELP);

  jobs
    .command('list')
    .description('Print jobs, the oldest first.')
    .addOption(new Option('--state <state>', 'only those').choices(JOB_STATES))
    .addOption(
      new Option('--limit <count>', 'at most so many of each state').argParser(parseCount).default(100),
    )
    .addOption(new Option('--format <format>', 'how').choices(['text', 'json']).default('text'))
    .action(async (options: { state?: JobState; limit: number; format: 'text' | 'json' }) => {
      const { listJobs } = await import('./jobs.ts');
      process.exitCode = await listJobs({ state: undefined, ...options, environment: process.env });
    });

  const changes = [
    ['retry', 'Let dead jobs run again, with all their attempts.'],
    ['drop', 'Remove dead jobs for good.'],
  ] as const;
  for (const [change, description] of changes) {
    jobs
      .command(change)
      .description(`${description} The audit log keeps who did so.`)
      .argument('[id...]', 'as `gitops-warden jobs list --state dead` prints them')
      .option('--all', 'all dead jobs')
      .option('--reason <text>', 'why, for the audit log')
      .action(async (ids: string[], options: { all?: boolean; reason?: string }) => {
        const { changeJobs } = await import('./jobs.ts');
        process.exitCode = await changeJobs({
          change,
          ids,
          all: options.all ?? false,
          reason: options.reason,
          environment: process.env,
        });
      });
  }
}

function withFilters(command: Command): Command {
  return command
    .addOption(new Option('--since <time>', `not older: ${TIME_FORMS}`).argParser(parseTimeOption))
    .addOption(new Option('--until <time>', 'older than that, in the same forms').argParser(parseTimeOption))
    .addOption(new Option('--action <action>', 'what happened').choices(AUDIT_ACTIONS))
    .option('--repository <owner/name>', 'where')
    .option('--actor <name>', 'who')
    .option('--subject <subject>', 'about what: pull/7, commit/<sha>, refs/heads/main, job/<id>')
    .option('--grep <text>', 'with this text in actor, subject, reason or detail');
}

function queryOf({ grep, since, until, action, repository, actor, subject, limit }: Filters): AuditQuery {
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(action === undefined ? {} : { action }),
    ...(repository === undefined ? {} : { repository }),
    ...(actor === undefined ? {} : { actor }),
    ...(subject === undefined ? {} : { subject }),
    ...(grep === undefined ? {} : { text: grep }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function parseTimeOption(text: string): number {
  const time = parseTime(text, Date.now());
  if (time === null) throw new InvalidArgumentError(`Give ${TIME_FORMS}.`);
  return time;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1.');
  return Number(text);
}

function parseHead(text: string): AuditPoint {
  const [, seq, hash] = /^(\d{1,10}):([0-9a-f]{64})$/i.exec(text) ?? [];
  if (seq === undefined || hash === undefined) {
    throw new InvalidArgumentError(
      'Give a head as `audit-log verify` prints it: a number, a colon, and 64 hex digits.',
    );
  }
  return { seq: Number(seq), hash: hash.toLowerCase() };
}
