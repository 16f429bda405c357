import type { CommentPlace } from '../api/conversation.ts';
import { parseCommands } from '../commands/parse.ts';
import type { CommandJob } from '../job.ts';
import type { Source } from './handler.ts';

interface Account {
  readonly login: string;
  readonly type?: string;
}

export interface WrittenComment {
  /** Of the pull request. */
  readonly number: number;
  readonly comment: {
    readonly id: number;
    readonly html_url: string;
    readonly body: string;
    readonly created_at: string;
    readonly author_association: string;
    readonly user: Account | null;
    readonly performed_via_github_app?: unknown;
  };
  readonly sender: Account;
  readonly place: CommentPlace;
  readonly thread: number | null;
}

/** The work that a comment asks for. Programs are not answered, whoever they write for: two could talk for ever. */
export function commandJob(
  delivery: string,
  source: () => Source,
  { number, comment, sender, place, thread }: WrittenComment,
): CommandJob | null {
  const { user } = comment;
  if (user?.login !== sender.login) return null;
  if (user.type === 'Bot' || sender.type === 'Bot' || (comment.performed_via_github_app ?? null) !== null)
    return null;
  const { commands, surplus } = parseCommands(comment.body);
  if (commands.length === 0) return null;
  const { installationId, repository } = source();
  return {
    kind: 'command',
    installationId,
    repository,
    key: `${String(repository.id)}/pull/${String(number)}/commands`,
    supersedes: false,
    delivery,
    number,
    comment: {
      id: comment.id,
      url: comment.html_url,
      place,
      createdAt: comment.created_at,
      author: user.login,
      association: comment.author_association,
      thread,
    },
    commands,
    surplus,
  };
}
