import type { FileRule, JudgedFile } from '../../engine/rule.ts';
import { lineComments, yamlComments, type Comment } from '../../manifests/comments.ts';
import { sopsFormatOf } from '../../manifests/sops-file.ts';
import { readSops } from '../../sops/reading.ts';
import { looksSecret } from '../../sops/secret-keys.ts';
import { shellWord } from '../support/shell.ts';

/** `name: value` and nothing else, as a line looks that was commented out. */
const ASSIGNMENT =
  /^(?:-\s+)?(?:export\s+)?["']?([A-Za-z_][\w.-]{0,100})["']?\s{0,3}[:=]\s{0,3}(\S{1,2000})$/;

export const noSecretInSopsComment: FileRule = {
  scope: 'file',
  judge(file) {
    if (readSops(file) === null) return [];
    return commentsOf(file).flatMap(({ text, range }) => {
      const [, name = '', value = ''] = ASSIGNMENT.exec(text) ?? [];
      if (!looksSecret(name, value.replaceAll(/^["']|["'],?$/g, ''))) return [];
      return [{ range, judged: text, values: { key: name, file: shellWord(file.path) } }];
    });
  },
};

function commentsOf({ path, text }: JudgedFile): Comment[] {
  if (text === null) return [];
  switch (sopsFormatOf(path)) {
    case 'yaml':
      return yamlComments(text);
    case 'env':
      return lineComments(text, '#');
    case 'ini':
      return lineComments(text, '#;');
    default:
      return [];
  }
}
