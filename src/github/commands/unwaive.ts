import { code } from '../../report/markdown.ts';
import { plural } from '../../report/plain.ts';
import type { JobContext } from '../dependencies.ts';
import { accepted, refused, type Outcome } from './answer.ts';
import { select } from './findings.ts';
import type { Scene } from './job-scene.ts';
import type { Command } from './parse.ts';
import { holdsRight, type Asker } from './rights.ts';

type UnwaiveCommand = Extract<Command, { name: 'unwaive' }>;

/** Takes waivers back. Whoever may give one may do so, the author too: that makes nothing pass. */
export async function unwaive(
  context: JobContext,
  scene: Scene,
  asker: Asker,
  command: UnwaiveCommand & { readonly target: string },
): Promise<Outcome> {
  const { waivers } = context.environment;
  const { rules } = await scene.rules();
  const known = await waivers.of(context.repository.id, scene.pull.number);
  const ids = [
    ...new Set([...rules.map(({ definition }) => definition.id), ...known.map(({ ruleId }) => ruleId)]),
  ];
  const selected = select(known, command, ids, (one) => one);
  if (typeof selected === 'string') return refused(selected);
  if (selected.length === 0) return refused('There is no such waiver, or not any more.');
  const right = await holdsRight(
    context,
    scene,
    asker,
    selected.map(({ path }) => path),
  );
  if (!right.may) return refused(right.why);
  const gone = await waivers.takeBack(context.repository.id, scene.pull.number, selected);
  return accepted(
    `**Taken back:** ${plural(gone.length, 'waiver')} of ${code(command.target)}. The findings count again.`,
  );
}
