import { isRecord } from '../../manifests/manifest.ts';
import { text, validationFailed } from './http.ts';
import { type EmbeddedRepository, type Issue, type Label, nextNumber } from './state.ts';
import { timestamp, type World } from './world.ts';

export const MAX_BODY = 65_536;
const MAX_TITLE = 256;

/** A label that does not exist yet is made when an issue names it. */
export function labelsOf(world: World, repository: EmbeddedRepository, value: unknown): Label[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry: unknown) => {
    const name = text(isRecord(entry) ? entry['name'] : entry) ?? '';
    const key = `${repository.id}:${name.toLowerCase()}`;
    const label = world.state.labels.get(key) ?? { id: world.state.nextId(), name };
    world.state.labels.set(key, label);
    return label;
  });
}

/** GitHub takes a number for a title, too. */
export function titleOf({ title }: Readonly<Record<string, unknown>>): string | null {
  return typeof title === 'number' ? String(title) : text(title);
}

export function checkTexts(body: Readonly<Record<string, unknown>>): void {
  const title = titleOf(body);
  if (title?.trim() === '') {
    throw validationFailed('Issue', 'title', "title can't be blank");
  }
  if (title !== null && title.length > MAX_TITLE) {
    throw validationFailed('Issue', 'title', `title is too long (maximum is ${MAX_TITLE} characters)`);
  }
  if ((text(body['body']) ?? '').length > MAX_BODY) {
    throw validationFailed('Issue', 'body', `body is too long (maximum is ${MAX_BODY} characters)`);
  }
}

/** `body` has the fields of GitHub's API. */
export function openIssue(
  world: World,
  repository: EmbeddedRepository,
  user: string,
  body: Readonly<Record<string, unknown>>,
): Issue {
  checkTexts(body);
  const at = timestamp(world);
  const issue: Issue = {
    id: world.state.nextId(),
    number: nextNumber(world.state, repository),
    repository,
    user,
    title: titleOf(body) ?? '',
    body: text(body['body']),
    labels: labelsOf(world, repository, body['labels']),
    state: 'open',
    stateReason: null,
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    deleted: false,
  };
  world.state.issues.push(issue);
  return issue;
}
