import { foreignSuite } from './foreign';

foreignSuite('stand-in');
