import { resolveRef, resolveRevision } from '../git-store.ts';
import {
  ApiError,
  created,
  integer,
  invalidRequest,
  notFound,
  ok,
  paginate,
  type Reply,
  type RepositoryRequest,
  text,
} from '../http.ts';
import { isRecord } from '../../../manifests/manifest.ts';
import { annotationJson, checkRunJson } from '../json/check-run.ts';
import { type Annotation, type CheckAction, type CheckRun, type CheckStatus, suiteOf } from '../state.ts';
import { timestamp } from '../world.ts';
import { REPOSITORY, type Route } from './route.ts';

const MAX_TITLE = 255;
const MAX_ANNOTATION_BYTES = 64 * 1024;

/** What the description says in words only. */
function checkOutput(output: Readonly<Record<string, unknown>>): void {
  const problems: string[] = [];
  if ((text(output['title']) ?? '').length > MAX_TITLE) {
    problems.push(`output.title is too long (maximum is ${MAX_TITLE} characters)`);
  }
  for (const [index, annotation] of annotationInputs(output).entries()) {
    for (const problem of annotationProblems(annotation)) problems.push(`annotations[${index}] ${problem}`);
  }
  if (problems.length > 0) throw invalidRequest(...problems);
}

function annotationInputs(output: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  return Array.isArray(output['annotations']) ? (output['annotations'] as Record<string, unknown>[]) : [];
}

function annotationProblems(annotation: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = [];
  const start = integer(annotation['start_line']) ?? 0;
  const end = integer(annotation['end_line']) ?? 0;
  if (text(annotation['path']) === '') problems.push("path can't be blank");
  if (start < 1 || end < start) problems.push('start_line and end_line are no range of lines');
  const columns = annotation['start_column'] !== undefined || annotation['end_column'] !== undefined;
  if (columns && start !== end)
    problems.push('start_column and end_column need start_line to equal end_line');
  if ((text(annotation['title']) ?? '').length > MAX_TITLE) problems.push('title is too long');
  for (const field of ['message', 'raw_details']) {
    const bytes = Buffer.byteLength(text(annotation[field]) ?? '');
    if (bytes > MAX_ANNOTATION_BYTES) problems.push(`${field} exceeds 64 KB`);
  }
  if (text(annotation['message']) === '') problems.push("message can't be blank");
  return problems;
}

function readAnnotation(input: Readonly<Record<string, unknown>>): Annotation {
  return {
    path: text(input['path']) ?? '',
    startLine: integer(input['start_line']) ?? 0,
    endLine: integer(input['end_line']) ?? 0,
    startColumn: integer(input['start_column']),
    endColumn: integer(input['end_column']),
    level: text(input['annotation_level']) ?? '',
    message: text(input['message']) ?? '',
    title: text(input['title']),
    rawDetails: text(input['raw_details']),
  };
}

interface Progress {
  readonly status: CheckStatus;
  readonly conclusion: string | null;
  readonly completedAt: string | null;
}

/** A conclusion completes a run, a completed run has a conclusion, and going back clears both. */
function readProgress({ world, body }: RepositoryRequest, before: Progress): Progress {
  const status = text(body['status']) as CheckStatus | null;
  const conclusion = text(body['conclusion']);
  if (conclusion === 'stale') throw invalidRequest('"stale" is a conclusion that only GitHub can set');
  if (conclusion === null && (status === 'completed' || body['completed_at'] !== undefined)) {
    throw invalidRequest('"conclusion" wasn\'t supplied: a completed check run needs one');
  }
  if (conclusion !== null) {
    return {
      status: 'completed',
      conclusion,
      completedAt: text(body['completed_at']) ?? timestamp(world),
    };
  }
  return status === null ? before : { status, conclusion: null, completedAt: null };
}

function applyOutput(run: CheckRun, body: Readonly<Record<string, unknown>>): void {
  const output = body['output'];
  if (!isRecord(output)) return;
  run.title = text(output['title']) ?? run.title;
  run.summary = text(output['summary']) ?? run.summary;
  run.text = text(output['text']) ?? run.text;
  run.annotations = [...run.annotations, ...annotationInputs(output).map(readAnnotation)];
}

/** Null when the request says nothing of buttons. How long their texts may be, the description says. */
function actionsOf({ actions }: Readonly<Record<string, unknown>>): readonly CheckAction[] | null {
  return Array.isArray(actions) ? (actions as readonly CheckAction[]) : null;
}

function checkBody(body: Readonly<Record<string, unknown>>): void {
  if (isRecord(body['output'])) checkOutput(body['output']);
  const details = text(body['details_url']);
  if (details !== null && !/^https?:\/\//.test(details)) {
    throw invalidRequest('details_url must use http or https scheme');
  }
  if (text(body['name'])?.trim() === '') throw invalidRequest("name can't be blank");
}

async function createRun(request: RepositoryRequest): Promise<Reply> {
  const { world, repository, body } = request;
  checkBody(body);
  const headSha = text(body['head_sha']) ?? '';
  const known =
    /^[0-9a-f]{40}$/.test(headSha) && (await resolveRef(repository.gitDirectory, headSha)) !== null;
  if (!known) throw new ApiError(422, `No commit found for SHA: ${headSha}`);
  const progress = readProgress(request, { status: 'queued', conclusion: null, completedAt: null });
  const run: CheckRun = {
    id: world.state.nextId(),
    repository,
    suiteId: suiteOf(world.state, repository, headSha),
    headSha,
    name: text(body['name']) ?? '',
    detailsUrl: text(body['details_url']),
    externalId: text(body['external_id']) ?? '',
    startedAt: text(body['started_at']) ?? timestamp(world),
    ...progress,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: actionsOf(body) ?? [],
  };
  applyOutput(run, body);
  world.state.checkRuns.push(run);
  return created(checkRunJson(world, run));
}

function requestedRun({ world, repository, params }: RepositoryRequest): CheckRun {
  const id = Number(params['check_run_id']);
  const run = world.state.checkRuns.find(
    (candidate) => candidate.id === id && candidate.repository === repository,
  );
  if (run === undefined) throw notFound();
  return run;
}

function updateRun(request: RepositoryRequest): Reply {
  const { world, body } = request;
  const run = requestedRun(request);
  checkBody(body);
  Object.assign(run, readProgress(request, run));
  run.name = text(body['name']) ?? run.name;
  run.detailsUrl = text(body['details_url']) ?? run.detailsUrl;
  run.externalId = text(body['external_id']) ?? run.externalId;
  run.startedAt = text(body['started_at']) ?? run.startedAt;
  run.actions = actionsOf(body) ?? run.actions;
  applyOutput(run, body);
  return ok(checkRunJson(world, run));
}

function listAnnotations(request: RepositoryRequest): Reply {
  const run = requestedRun(request);
  const { items, headers } = paginate(request, run.annotations);
  return ok(
    items.map((annotation) => annotationJson(request.world, run, annotation)),
    headers,
  );
}

async function listRuns(request: RepositoryRequest): Promise<Reply> {
  const { world, repository, params, query } = request;
  const revision = params['ref'] ?? '';
  const sha = await resolveRevision(repository.gitDirectory, revision);
  if (sha === null) throw new ApiError(422, `No commit found for SHA: ${revision}`);
  const name = query.get('check_name');
  const status = query.get('status');
  const appId = query.get('app_id');
  const all = world.state.checkRuns.filter(
    (run) =>
      run.repository === repository &&
      run.headSha === sha &&
      (name === null || run.name === name) &&
      (status === null || run.status === status) &&
      (appId === null || Number(appId) === world.app.id),
  );
  const latest = new Map(all.map((run) => [run.name, run]));
  const found = query.get('filter') === 'all' ? all : [...latest.values()];
  const { items, headers } = paginate(request, found.toReversed());
  return ok({ total_count: found.length, check_runs: items.map((run) => checkRunJson(world, run)) }, headers);
}

const READ = [{ name: 'checks', level: 'read' }] as const;
const WRITE = [{ name: 'checks', level: 'write' }] as const;
const RUN = `${REPOSITORY}/check-runs/{check_run_id}`;

export const CHECK_ROUTES: readonly Route[] = [
  { key: `POST ${REPOSITORY}/check-runs`, access: WRITE, handle: createRun },
  {
    key: `GET ${RUN}`,
    access: READ,
    handle: (request) => ok(checkRunJson(request.world, requestedRun(request))),
  },
  { key: `PATCH ${RUN}`, access: WRITE, handle: updateRun },
  { key: `GET ${RUN}/annotations`, access: READ, handle: listAnnotations },
  { key: `GET ${REPOSITORY}/commits/{ref}/check-runs`, access: READ, handle: listRuns },
];
