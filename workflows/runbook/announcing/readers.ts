import { announced } from '../announced';
import type { About } from '../announcements';
import { type AnnouncementsSpec, type NoticeKind, type Spec, noticeKinds } from '../spec';
import type { RunFacts } from './facts';

/** Whose message it is. */
export function about(facts: Pick<RunFacts, 'request' | 'release'>): About {
  const { spec, deploymentId } = facts.request;
  return { name: announced(facts).name, environment: spec.environment, deploymentId, readers: readersOf(spec) };
}

/** What the spec says, or its defaults: also for deployments whose spec has no such section. */
export function readersOf({ announcements, service }: Pick<Spec, 'announcements' | 'service'>): AnnouncementsSpec {
  return (
    announcements ?? {
      prefix: '',
      sinks: {},
      impact: 'minimal: traffic moves to the new version step by step',
      expect: [],
      reportTo: 'the people who sent this',
      signature: `the people who deploy ${service}`,
    }
  );
}

/** Names of the sinks that a kind of message goes to. */
export function sinksFor(spec: Pick<Spec, 'announcements' | 'service' | 'sinks'>, kind: NoticeKind): readonly string[] {
  return readersOf(spec).sinks[kind] ?? spec.sinks.map(({ name }) => name);
}

/** Whether a text names a kind of message. */
export const isNoticeKind = (text: string): text is NoticeKind => (noticeKinds as readonly string[]).includes(text);
