import { createHash } from 'node:crypto';
import type { SourceKind } from '../../../client/runbook/source';

export interface ExtractedLine {
  /** sha256 of the text of the nearest heading. */
  readonly heading: string;
  readonly kind: SourceKind;
  /** sha256 of the line without the blanks around it; a continued command is one line. */
  readonly sha256: string;
}

/** Everything of a runbook in Markdown that an index must name, in its order. */
export function extract(markdown: string): readonly ExtractedLine[] {
  const found: ExtractedLine[] = [];
  let heading = '';
  let fence: string | null = null;
  let command: string | null = null;
  const add = (kind: SourceKind, line: string) => found.push({ heading, kind, sha256: sha256(line.trim()) });
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) {
      fence = fence === null ? line.slice(3) : null;
      continue;
    }
    const text = line.trim();
    if (fence === null) {
      const title = /^#+ (.*)$/.exec(line)?.[1];
      if (title !== undefined) {
        heading = sha256(title);
        if (/\d/.test(title)) add('heading', line);
      } else if (/^\s*- /.test(line)) add('bullet', line);
    } else if (text === '') continue;
    else if (fence !== 'bash') add('field', line);
    else if (command === null && text.startsWith('#')) add('comment', line);
    else {
      const whole: string = command === null ? text : `${command} ${text}`;
      const isContinued = whole.endsWith('\\');
      command = isContinued ? whole.slice(0, -1).trimEnd() : null;
      if (!isContinued) add('command', whole);
    }
  }
  return found;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
