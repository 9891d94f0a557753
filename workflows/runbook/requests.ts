/** The judged requests of smoke tests and verification: independent ones side by side. */
import type { ProbeReceipt, ProbeRequest } from './contract';
import type { Check, Runner } from './step';
import type { RequestSpec, SecretReference } from './spec';

/** One request as a check of its own; the id carries the request's place in the list. */
function requestCheck(
  section: string,
  place: number,
  { name }: RequestSpec,
  ifItFails: Check<ProbeRequest, ProbeReceipt>['ifItFails'],
): Check<ProbeRequest, ProbeReceipt> {
  return {
    kind: 'check',
    id: `${section}.request-${place + 1}`,
    title: name,
    does: 'probe',
    policy: 'probe',
    summary: ({ url, request }) => `${request.method} ${request.path.split('?')[0] || url}`,
    takes: () => 1_000,
    ifItFails,
    receipt: ({ status, took }) => `${status} in ${took} ms`,
    unwell: ({ url, request }) => ({
      subject: `${request.method} ${url}${request.path}`,
      byHand: `curl -f -X ${request.method} '${url}${request.path}'`,
    }),
  };
}

/** Sends all requests; those with the same `after` run side by side. With patience a wrong answer is asked for again so long, in milliseconds. */
export async function sendAll(
  runbook: Runner,
  section: string,
  url: string,
  requests: readonly RequestSpec[],
  tokens: Readonly<Record<string, SecretReference>>,
  ifItFails: Check<ProbeRequest, ProbeReceipt>['ifItFails'],
  patience = 0,
): Promise<void> {
  const rounds = [...new Set(requests.map(({ after }) => after))].sort((a, b) => a - b);
  for (const round of rounds) {
    await runbook.together(
      requests.flatMap((request, place) => {
        if (request.after !== round) return [];
        const token = request.token === undefined ? undefined : tokens[request.token];
        return [
          () =>
            runbook.check(requestCheck(section, place, request, ifItFails), {
              url,
              request,
              ...(token ? { token } : {}),
              ...(patience > 0 ? { patience } : {}),
            }),
        ];
      }),
    );
  }
}
