import type { Incident } from '../alerts/incident.ts';
import type { JobContext } from './dependencies.ts';

/** Issues of one subject that are remembered. */
const MAX_KEPT = 5;

/** The number of an incident's issue; null while it is not known. */
export async function issueNumberOf(context: JobContext, { id, subject }: Incident): Promise<number | null> {
  return (await knownIssues(context, subject)).find(([incident]) => incident === id)?.[1] ?? null;
}

/** Remembers an incident's issue. One that is forgotten is found again by its marker. */
export async function rememberIssue(
  context: JobContext,
  { id, subject }: Incident,
  number: number,
): Promise<void> {
  const others = (await knownIssues(context, subject)).filter(([incident]) => incident !== id);
  const known = JSON.stringify([...others, [id, number]].slice(-MAX_KEPT));
  await context.environment.ledger.setMark(nameOf(context, subject), known);
}

async function knownIssues(
  context: JobContext,
  subject: string,
): Promise<readonly (readonly [string, number])[]> {
  const stored = await context.environment.ledger.mark(nameOf(context, subject));
  return stored === null ? [] : (JSON.parse(stored) as readonly (readonly [string, number])[]);
}

function nameOf({ repository }: JobContext, subject: string): string {
  return `alert-issues/${String(repository.id)}/${subject}`;
}
