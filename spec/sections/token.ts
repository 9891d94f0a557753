import * as grammar from '../grammar';
import { text } from '../scalars';

export const tokenName = () => text(grammar.shortName);
