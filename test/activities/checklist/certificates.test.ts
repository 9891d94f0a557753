import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../../activities';
import { certificateProblems } from '../../../activities/checklist/certificates';
import type { CertificateFacts } from '../../../activities/ports/certificates';
import { tlsCertificates } from '../../../activities/ports/certificates/adapter';
import { machineClock } from '../../../activities/ports/clock/adapter';
import { fakePorts } from '../../fakes/ports';
import { testFolder } from '../../sandbox/parts/folder';
import { failing, run } from '../run';
import { type Authority, makeAuthority, startMailHost, startTlsHost } from './tls-host';

const { checkCertificates } = createActivities({ ...fakePorts({ certificates: tlsCertificates }), clock: machineClock });
const ca = join(testFolder(), 'ca.pem');
let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority();
  writeFileSync(ca, authority.cert);
});
let open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.map((host) => host.close()));
  open = [];
});
const host = async (settings?: Parameters<typeof startTlsHost>[1]): Promise<string> => {
  const started = await startTlsHost(authority, settings);
  open.push(started);
  return started.host;
};
const dayIn = (days: number): string => new Date(Date.now() + days * 24 * 3_600_000 + 60_000).toISOString().slice(0, 10);

describe('the certificates of all hosts', () => {
  test('pass where each is for its name, trusted, and lasts long enough', async () => {
    const hosts = [await host(), await host({ days: 30 })];
    expect(await run(checkCertificates, { hosts, least: 14, ca })).toEqual({ hosts: 2, days: 30 });
  });

  test('fail where one ends in 3 days, with its day', async () => {
    const [good, bad] = [await host(), await host({ days: 3 })];
    const told = await failing(run(checkCertificates, { hosts: [good, bad], least: 14, ca }));
    expect(told).toMatchObject({ type: 'CheckFailed', final: true });
    expect(told.message).toBe(
      `the certificate of ${bad} ends in 3 days (${dayIn(3)}), at least 14 days are asked for. Renew it, or correct what the host shows, then retry.`,
    );
  });

  test('fail where one has ended, and say it once', async () => {
    const bad = await host({ days: -2, from: -9 });
    const { message } = await failing(run(checkCertificates, { hosts: [bad], least: 14, ca }));
    expect(message).toContain(`the certificate of ${bad} ended on ${dayIn(-2)}. Renew it`);
  });

  test('fail where the name is another, and where the chain is not trusted', async () => {
    const [other, known] = [await host({ name: 'other.example' }), await host()];
    const told = await failing(run(checkCertificates, { hosts: [other], least: 14, ca }));
    expect(told.message).toContain(`the certificate of ${other} is for other.example.`);
    const untrusted = await failing(run(checkCertificates, { hosts: [known], least: 14 }));
    expect(untrusted.message).toMatch(/is not trusted: SELF_SIGNED_CERT_IN_CHAIN/);
  });

  test('are unavailable where a host does not speak TLS, or is not there', async () => {
    const plain = createServer((socket) => void socket.on('error', () => undefined).end('HTTP/1.1 400\r\n\r\n', () => socket.destroy()));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => void plain.close(() => resolve())) });
    const at = `localhost:${(plain.address() as AddressInfo).port}`;
    expect(await failing(run(checkCertificates, { hosts: [at], least: 14, ca }))).toMatchObject({ type: 'Unavailable', final: false });
    const gone = await failing(run(checkCertificates, { hosts: ['127.0.0.1:1'], least: 14, ca }));
    expect(gone.message).toContain('127.0.0.1:1 shows no certificate: ECONNREFUSED');
  });

  test('are not known without a host, or without the file of authorities', async () => {
    expect(await failing(run(checkCertificates, { hosts: [], least: 14 }))).toMatchObject({ type: 'Misconfigured' });
    const told = await failing(run(checkCertificates, { hosts: ['localhost:1'], least: 14, ca: '/no/such/ca.pem' }));
    expect(told).toMatchObject({ type: 'Misconfigured' });
    expect(told.message).toContain('/no/such/ca.pem cannot be read: ENOENT');
  });
});

describe('the certificates of hosts of others', () => {
  const mail = async (settings?: Parameters<typeof startMailHost>[1]): Promise<string> => {
    const started = await startMailHost(authority, settings);
    open.push(started);
    return started.host;
  };

  test('fail as the own ones do, with what the host is to the deployment', async () => {
    const [own, git] = [await host(), await host({ days: 3 })];
    const told = await failing(run(checkCertificates, { hosts: [own], others: [{ host: git, whose: 'git' }], least: 14, ca }));
    expect(told).toMatchObject({ type: 'CheckFailed' });
    expect(told.message).toContain(`the certificate of ${git} (git) ends in 3 days (${dayIn(3)})`);
  });

  test('are asked of a mail server by STARTTLS', async () => {
    const [own, good, bad] = [await host(), await mail({ days: 20 }), await mail({ days: 3 })];
    const others = (at: string) => [{ host: at, whose: 'sink mail', startTls: true }];
    expect(await run(checkCertificates, { hosts: [own], others: others(good), least: 14, ca })).toEqual({ hosts: 2, days: 20 });
    const told = await failing(run(checkCertificates, { hosts: [own], others: others(bad), least: 14, ca }));
    expect(told.message).toContain(`the certificate of ${bad} (sink mail) ends in 3 days`);
  });

  test('are looked at where the service itself has none, and are not known where none of them shows one', async () => {
    const others = (at: string) => [{ host: at, whose: 'git' }];
    expect(await run(checkCertificates, { hosts: [], others: others(await host()), least: 14, ca })).toEqual({ hosts: 1, days: 60 });
    const told = await failing(run(checkCertificates, { hosts: [], others: others('127.0.0.1:1'), least: 14, ca }));
    expect(told).toMatchObject({ type: 'Unavailable' });
    expect(told.message).toContain('No host has shown a certificate: git: 127.0.0.1:1 shows no certificate: ECONNREFUSED');
  });

  test('that show none hold up nothing, and are named', async () => {
    const [own, plain] = [await host(), await mail({ offers: false })];
    const others = [
      { host: plain, whose: 'sink mail', startTls: true },
      { host: '127.0.0.1:1', whose: 'registry' },
    ];
    expect(await run(checkCertificates, { hosts: [own], others, least: 14, ca })).toEqual({
      hosts: 1,
      days: 60,
      unseen: [
        expect.stringMatching(`^sink mail: ${plain} shows no certificate: no STARTTLS \\(50[02]\\)$`),
        'registry: 127.0.0.1:1 shows no certificate: ECONNREFUSED',
      ],
    });
  });
});

test('a certificate is judged by the first end in its chain', () => {
  const now = Date.parse('2026-11-28T00:00:00Z');
  const day = 24 * 3_600_000;
  const facts: CertificateFacts = {
    names: ['a'],
    isForHost: true,
    distrust: null,
    from: now - day,
    until: now + 20 * day,
    firstToEnd: null,
  };
  expect(certificateProblems(facts, 20, now)).toEqual([]);
  expect(certificateProblems({ ...facts, until: now + 1.5 * day, firstToEnd: 'Old CA' }, 14, now)).toEqual([
    'ends with its issuer Old CA in 1 day (2026-11-29), at least 14 days are asked for',
  ]);
  expect(certificateProblems({ ...facts, from: now + day }, 14, now)).toEqual(['begins to be valid on 2026-11-29']);
  expect(certificateProblems({ ...facts, until: NaN }, 14, now)).toHaveLength(1);
});
