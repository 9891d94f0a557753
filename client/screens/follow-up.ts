import { followUpIdOf } from '../../workflows/messages';
import { countsInWords } from '../../workflows/runbook/post-deployment/digest';
import type { CheckLine, Failing, FollowUpReport, FollowUpView } from '../../workflows/runbook/post-deployment/follow-up';
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

/** Of follow-ups that have ended what their result tells, without a worker: all but the looks. */
export type EndedView = Pick<
  FollowUpView,
  'deploymentId' | 'service' | 'environment' | 'version' | 'counts' | 'alerts' | 'attestations' | 'decisions'
> & { readonly state: 'ended'; readonly report: FollowUpReport };

/** How a release is looked after: where it is, what was found, what waits for people, what can be typed. */
export function followUpLines(look: Look, view: FollowUpView | EndedView, now: number): readonly string[] {
  const { deploymentId, service, version, environment, counts, alerts, decisions, report } = view;
  const title = paint(look, 'strong', `${service} ${version} ${arrow(look)} ${environment}: follow-ups`);
  const firing = alerts.filter((alert) => alert.firing);
  return [
    title,
    ...(report ? beside('  ', `${report.outcome}: ${report.reason}`, look.width) : 'phase' in view ? [standing(view, now)] : []),
    countsInWords(counts),
    ...('failing' in view && view.failing ? [stretch(look, view.failing, now)] : []),
    '',
    ...('recent' in view ? view.recent : []).flatMap(({ at, verdict, note }) => {
      const { sign, ink } = verdicts[verdict];
      return beside(` ${paint(look, ink, mark(look, sign))} ${stamp(at)}  `, note, look.width);
    }),
    ...firing.flatMap(({ name, summary, at, by }) =>
      beside(
        ` ${mark(look, 'warning')} alert ${name} since ${timeOfDay(at, now)}${by === undefined ? '' : ` by ${by}`}  `,
        summary,
        look.width,
      ),
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

function standing({ phase, done, planned, nextAt, endsAt }: FollowUpView, now: number): string {
  const next = nextAt === null ? '' : `, the next one ${whenever(nextAt, now)}`;
  return `${phase}, ${done} of ${planned} looks done${next}; ends ${timeOfDay(endsAt, now)}`;
}

function stretch(look: Look, { verdict, since, times }: Failing, now: number): string {
  const words = verdict === 'fail' ? 'Not within its limits' : 'Not known';
  return paint(look, verdict === 'fail' ? 'bad' : 'warn', `${words} since ${timeOfDay(since, now)}, ${times} in a row`);
}

const beneath = (lines: readonly string[]): readonly string[] => (lines.length > 0 ? ['', ...lines] : []);
const whenever = (at: number, now: number): string => (at > now ? `in ${span(at - now)}` : 'is due');
