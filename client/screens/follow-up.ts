import { followUpIdOf } from '../../workflows/messages';
import { countsInWords } from '../../workflows/runbook/post-deployment/digest';
import type { CheckLine, FollowUpView } from '../../workflows/runbook/post-deployment/follow-up';
import { asStated } from '../identity';
import { attestationLines } from './attestations';
import { arrow, beside, mark, paint, type Ink, type Look, type Mark } from './look';
import { span, stamp, timeOfDay } from './words';

const verdicts: Readonly<Record<CheckLine['verdict'], { readonly sign: Mark; readonly ink: Ink }>> = {
  pass: { sign: 'done', ink: 'good' },
  fail: { sign: 'failed', ink: 'bad' },
  inconclusive: { sign: 'warning', ink: 'warn' },
  superseded: { sign: 'off', ink: 'faint' },
};

/** How a release is looked after: where it is, what was found, what waits for people, what can be typed. */
export function followUpLines(look: Look, view: FollowUpView, now: number): readonly string[] {
  const { deploymentId, service, version, environment, phase, nextAt, endsAt, done, planned, counts, failing, alerts, decisions, report } =
    view;
  const title = paint(look, 'strong', `${service} ${version} ${arrow(look)} ${environment}: follow-ups`);
  const firing = alerts.filter((alert) => alert.firing);
  return [
    title,
    ...(report
      ? beside('  ', `${report.outcome}: ${report.reason}`, look.width)
      : [
          `${phase}, ${done} of ${planned} looks done${nextAt === null ? '' : `, the next one ${whenever(nextAt, now)}`}; ends ${timeOfDay(endsAt, now)}`,
        ]),
    countsInWords(counts),
    ...(failing
      ? [
          paint(
            look,
            failing.verdict === 'fail' ? 'bad' : 'warn',
            `${failing.verdict === 'fail' ? 'Not within its limits' : 'Not known'} since ${timeOfDay(failing.since, now)}, ${failing.times} in a row`,
          ),
        ]
      : []),
    '',
    ...view.recent.flatMap(({ at, verdict, note }) => {
      const { sign, ink } = verdicts[verdict];
      return beside(` ${paint(look, ink, mark(look, sign))} ${stamp(at)}  `, note, look.width);
    }),
    ...firing.flatMap(({ name, summary, at }) =>
      beside(` ${mark(look, 'warning')} alert ${name} since ${timeOfDay(at, now)}  `, summary, look.width),
    ),
    ...beneath(attestationLines(look, followUpIdOf(deploymentId), view.attestations, now, false)),
    ...(decisions.length > 0
      ? [
          '',
          `Said by people (${asStated})`,
          ...decisions.map(({ what, by, at, comment }) => `  ${stamp(at)} ${by}: ${what}${comment ? ` "${comment}"` : ''}`),
        ]
      : []),
    ...(report ? [] : ['', paint(look, 'accent', `  analytics-deploy follow-up ${deploymentId} --stop`)]),
  ];
}

const beneath = (lines: readonly string[]): readonly string[] => (lines.length > 0 ? ['', ...lines] : []);
const whenever = (at: number, now: number): string => (at > now ? `in ${span(at - now)}` : 'is due');
