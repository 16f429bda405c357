import { isRecord, type Manifest } from '../../../manifests/manifest.ts';
import { given, itemsOf, knownText, type Fields, type Refusal } from './refusal.ts';
import type { Pointer } from '../../../manifests/position.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-actions */
export function policyBindingRefusals({ value }: Manifest): Refusal[] {
  const spec = isRecord(value['spec']) ? value['spec'] : {};
  const actions = spec['validationActions'];
  if (!Array.isArray(actions) || !actions.includes('Deny') || !actions.includes('Warn')) return [];
  const fact = 'has both `Deny` and `Warn`, which would say the same twice';
  return [{ pointer: ['spec', 'validationActions'], atKey: true, fact, mend: 'Keep one of the two.' }];
}

export function roleRefusals({ kind, value }: Manifest): Refusal[] {
  return itemsOf(value['rules'], ['rules']).flatMap(({ pointer, value: rule }) => {
    const lacks = (field: string): boolean => !Array.isArray(rule[field]) || rule[field].length === 0;
    const refusals: Refusal[] = [];
    if (lacks('verbs')) {
      refusals.push({
        pointer,
        fact: 'allows no verb',
        mend: 'Name at least one under `verbs`.',
        missing: 'verbs',
      });
    }
    if (!lacks('nonResourceURLs')) return [...refusals, ...urlRefusals(kind, rule, pointer)];
    if (lacks('apiGroups')) {
      const mend = "Add `apiGroups`; the group of Pods, Services and Secrets is `['']`.";
      refusals.push({ pointer, fact: 'names no API group', mend, missing: 'apiGroups' });
    }
    if (lacks('resources')) {
      refusals.push({ pointer, fact: 'names no resource', mend: 'Add `resources`.', missing: 'resources' });
    }
    return refusals;
  });
}

function urlRefusals(kind: string, rule: Fields, pointer: Pointer): Refusal[] {
  const at = [...pointer, 'nonResourceURLs'];
  if (kind === 'Role') {
    const fact = 'belongs to no namespace, so that a Role cannot allow it';
    return [{ pointer: at, atKey: true, fact, mend: 'Move the rule into a ClusterRole.' }];
  }
  const mixed = ['apiGroups', 'resources'].some(
    (field) => Array.isArray(rule[field]) && rule[field].length > 0,
  );
  const fact = 'stands beside resources, and a rule is about one or the other';
  return mixed ? [{ pointer: at, atKey: true, fact, mend: 'Make two rules of it.' }] : [];
}

export function bindingRefusals({ kind, value }: Manifest): Refusal[] {
  const role = isRecord(value['roleRef']) ? value['roleRef'] : {};
  const allowed = kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ['ClusterRole', 'Role'];
  const wanted = allowed.map((one) => `\`${one}\``).join(' or ');
  const refusals: Refusal[] = [];
  const named = knownText(role['kind']);
  if (named !== null && !allowed.includes(named)) {
    refusals.push({ pointer: ['roleRef', 'kind'], fact: `is not ${wanted}`, mend: 'Correct the kind.' });
  }
  return [
    ...refusals,
    ...itemsOf(value['subjects'], ['subjects']).flatMap((subject) => subjectRefusals(kind, subject)),
  ];
}

/** Where a RoleBinding names no namespace, it means its own. */
function subjectRefusals(
  binding: string,
  { pointer, value }: { pointer: Pointer; value: Fields },
): Refusal[] {
  const kind = knownText(value['kind']);
  if (kind === null) return [];
  if (!['ServiceAccount', 'User', 'Group'].includes(kind)) {
    const mend = 'Write `ServiceAccount`, `User` or `Group`.';
    return [{ pointer: [...pointer, 'kind'], fact: 'is no kind of subject', mend }];
  }
  if (kind !== 'ServiceAccount' || binding === 'RoleBinding' || given(value, ['namespace']).length > 0)
    return [];
  const mend = 'Add `namespace`.';
  return [{ pointer, fact: 'is a ServiceAccount without a namespace', mend, missing: 'namespace' }];
}
