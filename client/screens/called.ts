import type { AlarmView, NoticeView } from '../../workflows/runbook/view';
import { beside, commandLines, paint, type Look } from './look';
import { span, stamp, timeOfDay } from './words';

/** Whom the deployment calls, who has acknowledged, and the command that says so. */
export function alarmLines(look: Look, deploymentId: string, alarms: readonly AlarmView[], now: number): readonly string[] {
  return alarms.flatMap(({ title, called, next, acknowledged }) => [
    paint(look, 'warn', `Called for ${title}:`),
    ...called.flatMap(({ level, name, at }) => beside('   ', `${level ?? 'all'}: ${name}, at ${timeOfDay(at, now)}`, look.width)),
    ...(next ? beside('   ', `next: ${name(next)} at ${timeOfDay(next.at, now)}, in ${span(Math.max(0, next.at - now))}`, look.width) : []),
    ...(acknowledged
      ? beside('   ', `${acknowledged.by} is at it since ${timeOfDay(acknowledged.at, now)}: nobody else is called`, look.width)
      : commandLines(`analytics-deploy ack ${deploymentId}`, 5, look.width).map((line) => paint(look, 'accent', line))),
  ]);
}
const name = ({ level, name: who }: { readonly level: string | null; readonly name: string }): string =>
  level ? `${who} (${level})` : who;

/** Messages that did not arrive as they should, each sink with its own sentence. */
export function undelivered(notices: readonly NoticeView[]): readonly string[] {
  return notices.flatMap(({ kind, sinks }) =>
    sinks
      .filter(({ result }) => result === 'undelivered' || result === 'perhaps twice')
      .map(({ name: sink, result, note }) => `${kind} to ${sink}: ${result}. ${note}`),
  );
}

/** What people were told: a line for each message, and a sentence for each sink that it did not reach, or perhaps twice. */
export function noticeLines(notices: readonly NoticeView[]): readonly string[] {
  return [
    ...notices.map(
      ({ at, kind, sinks }) => `${stamp(at)} ${kind}: ${sinks.map(({ name: sink, result }) => `${sink} ${result}`).join(', ')}`,
    ),
    ...undelivered(notices),
    ...(notices.length > 0 ? ['What was delivered was sent at least once: a lost answer makes a repeat possible, and is listed.'] : []),
  ];
}
