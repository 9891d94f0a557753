import * as grammar from '../grammar';
import { choice, count, duration, map, section, text } from '../scalars';
import { tokenName } from './token';

export const requestKeys = {
  name: text(grammar.title).describe('Name of the request in plan, screens and history; unique in its list.'),
  method: choice(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']).prefault('GET').describe('HTTP method.'),
  path: text(grammar.httpPath).describe('Path and query, appended to the base URL.'),
  token: tokenName().exactOptional().describe('Name below tokens: sent as "Authorization: Bearer". Without it the request is anonymous.'),
};

export const request = section({
  ...requestKeys,
  expect: section({
    status: count(100, 599, 'an HTTP status').prefault(200).describe('HTTP status that the answer must have.'),
    json: map(grammar.jsonPath, choice(['string', 'number', 'boolean', 'array', 'object', 'null']), 'field paths to JSON types')
      .exactOptional()
      .describe('Fields that the JSON answer must have, by path with dots, and their types.'),
    within: duration({ least: 1 }).prefault('2s').describe('How long the answer may take; a duration.'),
  })
    .prefault({})
    .describe('What makes the answer right.'),
  after: count(0, 9, 'an order')
    .prefault(0)
    .describe('Requests with the same number run side by side; higher numbers wait for lower ones.'),
});
