import { Option, type Command } from 'commander';
import { RECEIVER_NAMES, type ReceiverName } from '../alerts/receivers/receiver.ts';

/** Adds the commands about alerts. */
export function addAlertCommands(program: Command): void {
  program
    .command('alert')
    .description('Try out who is told about alerts.')
    .command('test')
    .description('Send a sample to each configured receiver, and what ends it, and say what happened.')
    .addOption(new Option('--receiver <name>', 'only to this one').choices(RECEIVER_NAMES))
    .addHelpText(
      'after',
      `
The variables ALERT_… name the receivers, as for \`gitops-warden serve\`.
Exit codes: 0 all took it, 1 one did not, 2 nobody is configured.`,
    )
    .action(async ({ receiver }: { receiver?: ReceiverName }) => {
      const { runAlertTest } = await import('./alert-test.ts');
      process.exitCode = await runAlertTest({ receiver, environment: process.env });
    });
}
