import type { ApplicationFailure } from '@temporalio/common';
import { failure, failureTypeOf } from '../failures';

/** Passes where nothing is wrong; else everything that is, in one sentence. @throws CheckFailed */
export function refuse(problems: readonly string[], remedy: string): void {
  if (problems.length > 0) throw failure('CheckFailed', problems.join('; '), { remedy });
}

/**
 * Looks at several at once and waits for all. What was judged and found wrong is told together; where nothing was, the first that could not be
 * looked at is what failed, as its own kind: unknown is no pass.
 */
export async function judgeEach<Subject, Out>(
  subjects: readonly Subject[],
  look: (subject: Subject) => Promise<Out>,
  problemsOf: (out: Out, subject: Subject) => readonly string[],
  remedy: string,
): Promise<readonly Out[]> {
  const settled = await Promise.allSettled(subjects.map(look));
  const failed = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const outs = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const problems = settled.flatMap((result, place) =>
    result.status === 'fulfilled' ? problemsOf(result.value, subjects[place] as Subject) : [],
  );
  if (problems.length > 0) refuse([...problems, ...failed.map(sentenceOf)], remedy);
  if (failed.length > 0) throw failed[0];
  return outs;
}

/** What a failure says, without its remedy; anything else is a defect and is told as such. */
export function sentenceOf(error: unknown): string {
  if (failureTypeOf(error) === null) throw error;
  const { message, details } = error as ApplicationFailure;
  const remedy = (details?.[0] as { remedy?: string } | undefined)?.remedy ?? '';
  return message.replace(remedy, '').trim().replace(/\.$/, '');
}
