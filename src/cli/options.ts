import { Option } from 'commander';

/** Where a command reads what a policy extends. */
export function extendsOption(): Option {
  return new Option(
    '--extends-from <dir>',
    'where clones of the repositories stand, each under its name, whose files a policy extends',
  );
}

/** Folders with further rules. */
export function rulesOption(): Option {
  return new Option('--rules <dir>', 'a folder with further rules; may be given several times')
    .argParser((directory: string, before: string[] | undefined) => [...(before ?? []), directory])
    .default([], 'none');
}
