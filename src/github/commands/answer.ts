import { markerLine } from '../../report/plain.ts';
import { link, truncate } from '../../report/markdown.ts';
import { addToConversation, listConversation, showSeen, type CommentPlace } from '../api/conversation.ts';
import type { JobContext } from '../dependencies.ts';

/** What became of a command. */
export interface Outcome {
  readonly accepted: boolean;
  /** Markdown in which nothing of the comment can come alive; null when there is nothing to say. */
  readonly text: string | null;
}

/** The comment that is answered. */
export interface Question {
  readonly id: number;
  readonly url: string;
  readonly place: CommentPlace;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** GitHub takes 65,536 characters. */
const MAX_ANSWER = 60_000;
/** Answers to one pull request in an hour; whoever asks for more is only shown that he was seen. */
const MAX_ANSWERS = 30;
const HOUR = 3_600_000;

export function markerOf({ id, place }: Pick<Question, 'id' | 'place'>): string {
  return `<!-- gitops-warden:answer ${place} ${String(id)} -->`;
}

/** Whether one of our own comments ends with a marker. One that somebody else wrote counts for nothing. */
export function hasOwn(
  comments: readonly { readonly author: string; readonly body: string }[],
  botLogin: string,
  marker: string,
): boolean {
  return comments.some(({ author, body }) => author === botLogin && markerLine(body) === marker);
}

/** Whether a comment has its answer already: an earlier attempt then did everything else, too. */
export async function isAnswered(context: JobContext, number: number, question: Question): Promise<boolean> {
  const botLogin = await context.environment.botLogin();
  const comments = await listConversation(context.api, number, question.createdAt);
  return hasOwn(comments, botLogin, markerOf(question));
}

/** Answers a comment once: by a comment when there is something to say, else by a reaction. */
export async function answer(
  context: JobContext,
  number: number,
  question: Question,
  outcomes: readonly Outcome[],
): Promise<void> {
  const texts = outcomes.flatMap(({ text }) => text ?? []);
  if (texts.length === 0 || (await isFlooded(context, number))) {
    await showSeen(context.api, question.place, question.id);
    return;
  }
  const lead = `In answer to ${link('this comment', question.url)}:`;
  const body = [truncate([lead, ...texts].join('\n\n'), MAX_ANSWER), markerOf(question)].join('\n\n');
  context.signal.throwIfAborted();
  await addToConversation(context.api, number, body, () => isAnswered(context, number, question));
}

async function isFlooded(context: JobContext, number: number): Promise<boolean> {
  const botLogin = await context.environment.botLogin();
  const since = new Date(context.environment.clock.now() - HOUR).toISOString();
  const recent = await listConversation(context.api, number, since);
  return (
    recent.filter(({ author, body }) => author === botLogin && body.includes('<!-- gitops-warden:answer '))
      .length >= MAX_ANSWERS
  );
}

/** A command that was not carried out. @param why Markdown */
export function refused(why: string): Outcome {
  return { accepted: false, text: `**Not done.** ${why}` };
}

export function accepted(text: string | null): Outcome {
  return { accepted: true, text };
}

/** What can be commented. */
export const HELP = [
  'Commands stand at the beginning of a line, and only count in a comment as it was first written:',
  '',
  '- `/warden waive RULE because REASON` lets the findings of a rule pass that this pull request shows now, and `/warden waive FINGERPRINT because REASON` one of them. ' +
    'In front of `because` may stand `path GLOB`, and `until YYYY-MM-DD` for the last day.',
  '- `/warden unwaive RULE` takes that back.',
  '- `/warden recheck` judges the pull request again.',
  '- `/warden explain RULE` says what a rule wants, and why.',
  '- `/warden help` shows this.',
].join('\n');
