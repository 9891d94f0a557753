import * as grammar from '../grammar';
import { section, text } from '../scalars';

export const link = section({
  title: text(grammar.title).describe('What the document is.'),
  url: text(grammar.httpUrl).describe('Where it is.'),
});
