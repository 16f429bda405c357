import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { addAlertCommands } from './cli/alert-commands.ts';
import { EXIT, UsageError } from './cli/exit.ts';
import { extendsOption, rulesOption } from './cli/options.ts';
import { addStoreCommands } from './cli/store-commands.ts';
import { CATEGORIES, type Category } from './engine/rule.ts';
import { GitError } from './git/git-error.ts';
import { VERSION } from './pipeline/package-root.ts';
import { RuleFolderError } from './pipeline/rule-set.ts';
import { FORMATS, type Format } from './report/index.ts';
import { StoreError } from './store/database.ts';

/** Runs the command line to its exit code; see `src/cli/exit.ts` for what each one means. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv, { from: 'user' });
  } catch (error) {
    // Whatever was started before the error, a server for instance, must not keep the process alive.
    process.exit(explainError(error));
  }
}

function explainError(error: unknown): number {
  // Commander has written its message already; help and version end here too, with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.usage;
  const expected = [UsageError, GitError, RuleFolderError, StoreError].some((kind) => error instanceof kind);
  const message =
    error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`gitops-warden: ${message}\n`);
  return EXIT.usage;
}

function categoriesOf(text: string): Category[] {
  return text.split(',').map((name) => {
    const known = CATEGORIES.find((category) => category === name.trim());
    if (known === undefined) throw new InvalidArgumentError(`There is no category ${JSON.stringify(name)}.`);
    return known;
  });
}

function appIdOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is the number on the settings page of your GitHub App.');
}

function createProgram(): Command {
  const program = new Command('gitops-warden')
    .description('Reviews changes to a GitOps deployment repository.')
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Exit codes: 0 passed, 1 blocked by findings, 2 wrong usage or unreadable input (no report),
3 nothing blocks, but something could not be checked.`,
    );

  withOutput(program.command('review'))
    .description('Review the commits between a base and a head.')
    .option('--repo <dir>', 'work tree or bare repository; only its objects are read', '.')
    .option('--base <rev>', 'the branch that the change is meant for (default: origin/HEAD)')
    .option('--head <rev>', 'the revision to review', 'HEAD')
    .option('--policy <file>', "use this policy instead of the base's .github/gitops-warden.yml")
    .option('--floor <file>', "the organisation's file, or a policy that can only be raised")
    .addOption(extendsOption())
    .option(
      '--cache <dir>',
      'keep there, sealed with FINGERPRINT_KEY, where credentials were found, for the next time',
    )
    .action(
      async (
        options: CommonOptions & {
          repo: string;
          base?: string;
          head: string;
          policy?: string;
          floor?: string;
          extendsFrom?: string;
          cache?: string;
        },
      ) => {
        const { runReview } = await import('./cli/review.ts');
        process.exitCode = await runReview({
          base: undefined,
          policy: undefined,
          floor: undefined,
          extendsFrom: undefined,
          cache: undefined,
          output: undefined,
          ...options,
        });
      },
    );

  withOutput(program.command('scan'))
    .description('Judge files as they are, without a base: every finding counts as introduced.')
    .argument('[path...]', 'files or folders on disk')
    .option('--repo <dir>', 'scan a revision of this repository')
    .option('--ref <rev>', 'the revision to scan, with --repo', 'HEAD')
    .option('--staged', 'scan what is staged in the work tree of the current folder, against HEAD')
    .option('--policy <file>', 'use this policy instead of the one in the scanned tree')
    .option('--floor <file>', "the organisation's file, or a policy that can only be raised")
    .addOption(extendsOption())
    .addOption(
      new Option(
        '--only <categories>',
        `run only the rules about these, separated by commas: ${CATEGORIES.join(', ')}`,
      ).argParser(categoriesOf),
    )
    .option(
      '--cache <dir>',
      'keep there, sealed with FINGERPRINT_KEY, where credentials were found, for the next time',
    )
    .action(
      async (
        paths: string[],
        options: CommonOptions & {
          only?: Category[];
          repo?: string;
          ref: string;
          staged?: boolean;
          policy?: string;
          floor?: string;
          extendsFrom?: string;
          cache?: string;
        },
      ) => {
        const { runScan } = await import('./cli/scan.ts');
        process.exitCode = await runScan({
          repo: undefined,
          staged: false,
          policy: undefined,
          floor: undefined,
          extendsFrom: undefined,
          cache: undefined,
          output: undefined,
          only: [],
          ...options,
          paths,
        });
      },
    );

  program
    .command('verify-tag')
    .description('Verify signed tags against the keys and the policy of a base.')
    .argument('<tag...>')
    .option('--repo <dir>', 'work tree or bare repository; only its objects are read', '.')
    .option('--base <rev>', 'the branch whose keys and policy count (default: origin/HEAD)')
    .option('--policy <file>', "use this policy instead of the base's .github/gitops-warden.yml")
    .option('--floor <file>', "the organisation's file, or a policy that can only be raised")
    .addOption(extendsOption())
    .addOption(new Option('--format <format>', 'how').choices(['text', 'json']).default('text'))
    .action(
      async (
        tags: string[],
        options: {
          repo: string;
          base?: string;
          policy?: string;
          floor?: string;
          extendsFrom?: string;
          format: 'text' | 'json';
        },
      ) => {
        const { runVerifyTag } = await import('./cli/verify-tag.ts');
        process.exitCode = await runVerifyTag({
          base: undefined,
          policy: undefined,
          floor: undefined,
          extendsFrom: undefined,
          ...options,
          tags,
        });
      },
    );

  program
    .command('explain')
    .description('Print the page of a rule: what it wants, why, and how to mend what it finds.')
    .argument('<rule>')
    .addOption(rulesOption())
    .action(async (id: string, options: { rules: string[] }) => {
      const [{ explainRule }, { loadRuleSet }] = await Promise.all([
        import('./cli/explain.ts'),
        import('./pipeline/rule-set.ts'),
      ]);
      process.stdout.write(`${await explainRule(await loadRuleSet(options.rules), id)}\n`);
    });

  program
    .command('rules')
    .description('List all rules.')
    .addOption(new Option('--format <format>', 'how').choices(['text', 'json']).default('text'))
    .addOption(rulesOption())
    .action(async (options: { format: string; rules: string[] }) => {
      const [{ listRules, rulesAsJson }, { loadRuleSet }] = await Promise.all([
        import('./cli/explain.ts'),
        import('./pipeline/rule-set.ts'),
      ]);
      const rules = await loadRuleSet(options.rules);
      process.stdout.write(`${options.format === 'json' ? rulesAsJson(rules) : listRules(rules)}\n`);
    });

  program
    .command('sops')
    .description('What SOPS encrypts here, for whom, and by which rule.')
    .command('status')
    .description('List every file that SOPS is concerned with: its rule, mode, recipients and state.')
    .option('--repo <dir>', 'work tree or bare repository; only its objects are read', '.')
    .option('--ref <rev>', 'the revision to look at', 'HEAD')
    .addOption(new Option('--format <format>', 'how').choices(['text', 'json']).default('text'))
    .action(async (options: { repo: string; ref: string; format: 'text' | 'json' }) => {
      const { runSopsStatus } = await import('./cli/sops-status.ts');
      process.exitCode = await runSopsStatus(options);
    });

  program
    .command('waivers')
    .description('List the waivers of a revision: what each lets pass, until when, and who answers for it.')
    .option('--repo <dir>', 'work tree or bare repository; only its objects are read', '.')
    .option('--ref <rev>', 'the revision to look at', 'HEAD')
    .addOption(new Option('--format <format>', 'how').choices(['text', 'json']).default('text'))
    .addOption(rulesOption())
    .action(async (options: { repo: string; ref: string; format: 'text' | 'json'; rules: string[] }) => {
      const { runWaivers } = await import('./cli/waivers.ts');
      process.exitCode = await runWaivers(options);
    });

  program
    .command('serve')
    .description('Run the GitHub App. Its settings come from the environment; see .env.example.')
    .action(async () => {
      const { runServe } = await import('./cli/serve.ts');
      process.exitCode = await runServe(process.env);
    });

  program
    .command('posture')
    .description(
      'Look at how the settings of GitHub guard a repository. GITHUB_TOKEN holds your token; GHE_HOST names another server.',
    )
    .argument('<repository>', 'OWNER/REPO')
    .option('--branch <name>', 'the branch that is deployed (default: the default branch)')
    .option('--app-id <number>', 'the number of your GitHub App, whose check is to be required', appIdOf)
    .addOption(new Option('--format <format>', 'how').choices(['text', 'json', 'markdown']).default('text'))
    .action(
      async (
        repository: string,
        options: { branch?: string; appId?: number; format: 'text' | 'json' | 'markdown' },
      ) => {
        const { runPosture } = await import('./cli/posture.ts');
        process.exitCode = await runPosture({
          branch: undefined,
          appId: undefined,
          ...options,
          repository,
          environment: process.env,
        });
      },
    );

  program
    .command('action')
    .description('Review what the event of a GitHub workflow brings, as action.yml has it done.')
    .action(async () => {
      const { runAction } = await import('./cli/action.ts');
      process.exitCode = await runAction(process.env);
    });

  addAlertCommands(program);
  addStoreCommands(program);

  program
    .command('demo')
    .description('Run the App against an embedded GitHub: no account, no network. PORT sets the port.')
    .option('--exit', 'print what was posted and exit, instead of serving the page')
    .action(async (options: { exit?: boolean }) => {
      const { runDemo } = await import('./cli/demo.ts');
      process.exitCode = await runDemo({ exit: options.exit ?? false, environment: process.env });
    });

  return program;
}

interface CommonOptions {
  format: Format;
  output?: string;
  rules: string[];
}

function withOutput(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'how to print the report').choices(FORMATS).default('text'))
    .option('--output <file>', 'write the report there instead of to standard output')
    .addOption(rulesOption());
}

if (import.meta.main) await main(process.argv.slice(2));
