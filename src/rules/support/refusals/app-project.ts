import { nearestName } from '../../../engine/document-schema.ts';
import { isTimeZone, scheduleProblem } from '../../../manifests/cron-schedule.ts';
import type { Manifest } from '../../../manifests/manifest.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { valueAt } from '../../../manifests/workload.ts';
import { given, itemsOf, knownText, type Refusal } from './refusal.ts';

type Item = ReturnType<typeof itemsOf>[number];

const NOT_GRANTED = 'Argo CD grants nothing by it.';
const NO_WINDOW = 'Argo CD cannot tell when it may sync, and syncs nothing.';
/** https://argo-cd.readthedocs.io/en/stable/operator-manual/rbac/ */
const SCOPED = ['applications', 'applicationsets', 'clusters', 'exec', 'logs', 'repositories'];
const OTHERS = ['accounts', 'certificates', 'extensions', 'gpgkeys', 'projects', 'write-repositories'];
const ACTIONS = ['action', 'create', 'delete', 'get', 'invoke', 'override', 'sync', 'update'];
const DURATION = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

/** @param renamed kustomize gives the project another name than the one that stands in the file */
export function projectRefusals({ name, value }: Manifest, renamed: boolean): Refusal[] {
  const project = renamed ? null : knownText(name);
  return [
    ...itemsOf(valueAt(value, ['spec', 'roles']), ['spec', 'roles']).flatMap((role) =>
      policyRefusals(role, project),
    ),
    ...itemsOf(valueAt(value, ['spec', 'syncWindows']), ['spec', 'syncWindows']).flatMap(windowRefusals),
  ];
}

function policyRefusals({ pointer, value }: Item, project: string | null): Refusal[] {
  const list = value['policies'];
  const role = knownText(value['name']);
  return (Array.isArray(list) ? (list as unknown[]) : []).flatMap((policy, index) => {
    const text = knownText(policy);
    if (text === null || text.trim() === '' || role === null) return [];
    const wrong = policyFault(text, project, role);
    if (wrong === null) return [];
    return [{ pointer: [...pointer, 'policies', String(index)], ...wrong, outcome: NOT_GRANTED }];
  });
}

/** `p, proj:PROJECT:ROLE, RESOURCE, ACTION, OBJECT, EFFECT` */
function policyFault(
  text: string,
  project: string | null,
  role: string,
): Pick<Refusal, 'fact' | 'mend'> | null {
  const parts = text.split(',').map((part) => part.trim());
  const [type, subject = '', resource = '', action = '', object = '', effect = ''] = parts;
  const owner = project ?? 'PROJECT';
  if (parts.length !== 6 || type !== 'p') {
    const fact = 'does not have the six parts of a policy';
    const form = `p, proj:${owner}:${role}, applications, sync, ${owner}/*, allow`;
    return { fact, mend: `Write such as \`${form}\`.` };
  }
  if (project !== null && subject !== `proj:${project}:${role}`) {
    const fact = 'is about another subject than the role in which it stands';
    return { fact, mend: `Begin it with \`p, proj:${project}:${role},\`.` };
  }
  const near = nearestName(resource, [...SCOPED, ...OTHERS]);
  if (near !== null && near !== resource) {
    return { fact: 'names a kind of resource that Argo CD does not have', mend: `Write \`${near}\`.` };
  }
  if (/^[A-Za-z]+$/.test(action) && !ACTIONS.includes(action)) {
    const fact = 'names an action that Argo CD does not have';
    return {
      fact,
      mend: 'Write `get`, `create`, `update`, `delete`, `sync`, `override`, `action/…` or `*`.',
    };
  }
  const [first = ''] = object.split('/');
  if (project !== null && SCOPED.includes(resource) && /^[\w.-]+$/.test(first) && first !== project) {
    const fact = 'is about objects of another project';
    return { fact, mend: `Begin the object with \`${project}/\`, such as \`${project}/*\`.` };
  }
  return effect === 'allow' || effect === 'deny'
    ? null
    : { fact: 'ends with neither `allow` nor `deny`', mend: 'End it with `allow` or `deny`.' };
}

function windowRefusals({ pointer, value }: Item): Refusal[] {
  const refusals: Refusal[] = [];
  const add = (field: string, fact: string, mend: string, outcome = NO_WINDOW): void => {
    refusals.push({ pointer: [...pointer, field], fact, mend, outcome });
  };
  const known = (field: string): string | null => {
    const text = knownText(value[field]);
    return text === '' ? null : text;
  };
  const [kind, schedule, duration, zone] = ['kind', 'schedule', 'duration', 'timeZone'].map(known);
  if (kind && kind !== 'allow' && kind !== 'deny')
    add('kind', 'is neither `allow` nor `deny`', 'Write one of the two.');
  const fault = schedule ? scheduleProblem(schedule) : null;
  if (fault !== null)
    add('schedule', fault, 'Write five fields, such as `0 22 * * 1-5` for ten in the evening on weekdays.');
  if (duration && !DURATION.test(duration))
    add('duration', 'is no length of time', 'Write such as `30m` or `8h`; days are no unit.');
  if (zone && !isTimeZone(zone))
    add(
      'timeZone',
      'is no time zone that exists',
      'Write such as `Europe/Berlin`.',
      'Argo CD counts in UTC.',
    );
  return [...refusals, ...scopeRefusals(pointer, value)];
}

function scopeRefusals(pointer: Pointer, value: Item['value']): Refusal[] {
  const scopes = ['applications', 'namespaces', 'clusters'];
  if (given(value, scopes).length > 0) return [];
  const mend = 'Add `applications`, `namespaces` or `clusters`.';
  const outcome = 'the window counts for nothing.';
  return [{ pointer, atKey: true, fact: 'does not say what it is for', mend, outcome, missing: scopes }];
}
