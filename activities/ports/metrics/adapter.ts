import { failureTypeOf, quote } from '../../failures';
import type { Http } from '../http';
import type { Metrics } from '../metrics';
import { parseExposition } from './exposition';

/** Metrics by scraping a text endpoint. */
export function createMetrics(http: Http): Metrics {
  return {
    async scrape(url, deadline, signal) {
      try {
        const headers = { accept: 'text/plain;version=0.0.4' };
        const { status, body } = await http.send({ method: 'GET', base: url, headers, deadline, signal });
        if (status !== 200) return { kind: 'unreadable', reason: `metrics answered ${status}` };
        return parseExposition(body.toString('utf8'));
      } catch (error) {
        if (failureTypeOf(error) !== 'Unavailable') throw error;
        return { kind: 'unreadable', reason: quote((error as Error).message) };
      }
    },
  };
}
