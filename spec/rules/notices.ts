import { contactLevels, type Spec } from '../../workflows/runbook/spec';
import { nearest } from '../nearest';
import type { Finding, Path } from '../problems';
import { rule } from './rule';

/** A message to a sink that is misspelled would reach nobody, and nobody would miss it. */
export const noticeSinksExist = rule('sinks of messages and contacts exist', ['sinks', 'announcements', 'contacts'], (spec) =>
  named(spec).flatMap(([path, name]): readonly Finding[] => {
    const known = spec.sinks.map((sink) => sink.name);
    if (known.includes(name)) return [];
    const similar = nearest(name, known);
    return [
      {
        path,
        problem: `is ${JSON.stringify(name)}`,
        expected: known.length > 0 ? `a sink is one of ${known.join(', ')}` : 'sinks names no sink',
        remedy: similar ? `Did you mean ${similar}?` : `Add ${name} below sinks.`,
      },
    ];
  }),
);

function named({ announcements, contacts }: Pick<Spec, 'announcements' | 'contacts'>): readonly (readonly [Path, string])[] {
  return [
    ...Object.entries(announcements?.sinks ?? {}).flatMap(([kind, names]) =>
      names.map((name, index) => [['announcements', 'sinks', kind, index], name] as const),
    ),
    ...Object.entries(contacts ?? {}).flatMap(([level, contact]) =>
      (contact.sinks ?? []).map((name, index) => [['contacts', level, 'sinks', index], name] as const),
    ),
  ];
}

/** Whoever comes later in the runbook's order is called later. */
export const contactsAreCalledInOrder = rule('contacts are called one after another', ['contacts'], ({ contacts }) =>
  contactLevels
    .flatMap((level) => {
      const contact = contacts?.[level];
      return contact ? [{ level, after: contact.after }] : [];
    })
    .flatMap(({ level, after }, place, all): readonly Finding[] => {
      const before = all[place - 1];
      if (!before || before.after <= after) return [];
      return [
        {
          path: ['contacts', level, 'after'],
          problem: `is ${after / 1000} s`,
          expected: `${before.level} is called before, after ${before.after / 1000} s`,
        },
      ];
    }),
);

/** Who is called through no sink hears nothing, and everybody would believe that somebody was called. */
export const contactsAreReached = rule(
  'contacts can be reached',
  ['contacts', 'announcements', 'sinks'],
  ({ contacts, announcements, sinks }): readonly Finding[] => {
    const usual = announcements?.sinks.escalation ?? sinks;
    const unreached = contactLevels.filter((level) => contacts?.[level] && !contacts[level].sinks);
    if (usual.length > 0 || unreached.length === 0) return [];
    return [
      {
        path: sinks.length === 0 ? ['sinks'] : ['announcements', 'sinks', 'escalation'],
        problem: 'is empty',
        expected: `contacts are called through a sink, and ${unreached.join(', ')} ${unreached.length === 1 ? 'has' : 'have'} none`,
        remedy: 'Name one here or below the contact, or take contacts out.',
      },
    ];
  },
);

/** A bot needs its channel and its token, an incoming webhook its address; both at once would be two sinks. */
export const slackIsWhole = rule('Slack is a bot or a webhook', ['sinks'], ({ sinks }) =>
  sinks.flatMap((sink, index): readonly Finding[] => {
    if (sink.kind !== 'slack') return [];
    const { channel, token, hook } = sink;
    const isBot = channel !== undefined && token !== undefined && hook === undefined;
    const isHook = hook !== undefined && channel === undefined && token === undefined;
    if (isBot || isHook) return [];
    return [{ path: ['sinks', index], problem: 'is neither a bot nor a webhook', expected: 'Slack has channel and token, or hook' }];
  }),
);

/** Whoever listens on the way would have the password. */
export const passwordsAreNotSentInTheClear = rule('passwords of mail servers are not sent in the clear', ['sinks'], ({ sinks }) =>
  sinks.flatMap((sink, index): readonly Finding[] => {
    if (sink.kind !== 'mail') return [];
    if ((sink.user === undefined) !== (sink.token === undefined)) {
      const missing = sink.user === undefined ? 'user' : 'token';
      return [{ path: ['sinks', index, missing], problem: 'is missing', expected: 'who logs in has a user and a token' }];
    }
    if (sink.security !== 'none' || sink.user === undefined || /^(localhost|127\.0\.0\.1)$/.test(sink.host)) return [];
    return [
      {
        path: ['sinks', index, 'security'],
        problem: 'is "none"',
        expected: 'a password is sent over TLS alone',
        remedy: 'Use starttls or tls, or take user and token out.',
      },
    ];
  }),
);
