import { describe, expect, test } from '@jest/globals';
import { readSpec, starterSpec } from '../../spec';
import { changed, problemsOf } from './written';

const problem = (text: string) => expect.stringContaining(text) as unknown as string;

describe('messages and contacts', () => {
  test('are whole in the default spec: five contacts of the runbook, in its order', () => {
    const result = readSpec(starterSpec(), 'analytics.yaml');
    expect(result.ok && Object.keys(result.spec.contacts ?? {})).toEqual([
      'primary',
      'secondary',
      'infrastructure',
      'security',
      'management',
    ]);
  });

  test('may be left out: an older spec is still a spec', () => {
    expect(problemsOf(changed(['announcements'], undefined))).toEqual([]);
    expect(problemsOf(changed(['contacts'], undefined))).toEqual([]);
  });

  test('name sinks that exist', () => {
    expect(problemsOf(changed(['announcements', 'sinks', 'issue'], ['chta']))).toEqual([problem('Did you mean chat?')]);
    expect(problemsOf(changed(['contacts', 'primary', 'sinks'], ['telephone']))).toEqual([problem('a sink is one of')]);
  });

  test('are called one after another', () => {
    expect(problemsOf(changed(['contacts', 'secondary', 'after'], '30m'))).toEqual([problem('secondary is called before, after 1800 s')]);
  });

  test('go to sinks of four kinds; one that names no kind is a webhook', () => {
    const kinds = (text: string) => {
      const result = readSpec(text, 'analytics.yaml');
      return result.ok ? result.spec.sinks.map(({ kind }) => kind) : [];
    };
    expect(kinds(starterSpec())).toEqual(['slack', 'mail', 'webhook', 'file']);
    expect(kinds(changed(['sinks', 2, 'kind'], undefined))).toEqual(['slack', 'mail', 'webhook', 'file']);
    expect(problemsOf(changed(['sinks', 1, 'kind'], 'fax'))).toEqual([problem('kind is one of webhook, slack, mail, file')]);
    expect(problemsOf(changed(['sinks', 1, 'hots'], 'x'))).toEqual([problem('Did you mean host?')]);
  });

  test('to Slack go by a bot or by a webhook, not by both', () => {
    expect(problemsOf(changed(['sinks', 0, 'channel'], undefined))).toEqual([problem('Slack has channel and token, or hook')]);
    expect(problemsOf(changed(['sinks', 0, 'hook'], 'pager'))).toEqual([problem('Slack has channel and token, or hook')]);
  });

  test('never carry a password in the clear, nor a file out of its folder', () => {
    expect(problemsOf(changed(['sinks', 1, 'security'], 'none'))).toEqual([problem('a password is sent over TLS alone')]);
    expect(problemsOf(changed(['sinks', 1, 'user'], undefined))).toEqual([problem('who logs in has a user and a token')]);
    expect(problemsOf(changed(['sinks', 3, 'path'], '../etc/passwd'))).toEqual([problem('stays below its folder')]);
  });

  test('are called through a sink', () => {
    const without = changed(['announcements'], undefined).replace(/^sinks:\n(?: .*\n|#.*\n)+/m, 'sinks: []\n');
    expect(problemsOf(without)).toEqual([problem('contacts are called through a sink')]);
    expect(problemsOf(changed(['announcements', 'sinks', 'escalation'], []))).toEqual([
      problem('contacts are called through a sink, and primary, secondary, infrastructure, security, management have none'),
    ]);
  });
});
