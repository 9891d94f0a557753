import { foreignSuite } from '../acceptance/foreign';
import { testCluster } from './test-cluster';

foreignSuite(testCluster);
