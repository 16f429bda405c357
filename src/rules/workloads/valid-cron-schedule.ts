import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isTimeZone, neverComes, scheduleProblem } from '../../manifests/cron-schedule.ts';
import { isLeftOpen } from '../../manifests/placeholder.ts';
import { valueAt } from '../../manifests/workload.ts';

const ZONE =
  'CronJob `{name}` has a `timeZone` that the time zone database does not have under this name: the API server refuses ' +
  'the object.';
const ZONE_MEND = 'Write it as the database does, letter by letter, such as `Europe/Berlin` or `Etc/UTC`.';
const NEVER =
  'The `schedule` of CronJob `{name}` names a day that none of its months has: the cluster takes it, and it never runs.';

export const validCronSchedule: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    const problems: Problem[] = [];
    const [schedule, zone] = ['schedule', 'timeZone'].map((field) =>
      valueAt(manifest.value, ['spec', field]),
    );
    if (typeof schedule === 'string' && !isLeftOpen(schedule)) {
      const fault = scheduleProblem(schedule);
      if (fault !== null)
        problems.push({ pointer: ['spec', 'schedule'], judged: schedule, values: { fault } });
      else if (neverComes(schedule))
        problems.push({
          pointer: ['spec', 'schedule'],
          judged: schedule,
          message: NEVER,
          remediation: 'Correct the day or the month.',
        });
    }
    if (typeof zone === 'string' && !isLeftOpen(zone) && !isTimeZone(zone))
      problems.push({ pointer: ['spec', 'timeZone'], judged: zone, message: ZONE, remediation: ZONE_MEND });
    return problems;
  },
};
