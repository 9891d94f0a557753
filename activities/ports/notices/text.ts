/** One line: line breaks would make new headers in mail. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
/** Terminals and pagers obey escape sequences: only line breaks and tabs stay. */
export function plainText(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '');
}
/** What a reader is told of a message whose first sending was not answered. */
export const repeatMark = '(The answer to this message was lost when it was first sent: it may be a repeat.)';
