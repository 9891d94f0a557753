import { mechanismSuite } from './mechanisms';

mechanismSuite('stand-in');
