import { repairSuite } from './repair';

repairSuite('stand-in');
