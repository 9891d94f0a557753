import type { Taken } from './reception';

/** A message that changes nothing is answered all the same. */
export function nothing(answer: string): Taken {
  return { answer, decision: null };
}
/** A person's word after a colon, where there is one. */
export function said(comment: string | undefined): string {
  return comment?.trim() ? `: ${comment.trim().replace(/[.\s]+$/, '')}` : '';
}
