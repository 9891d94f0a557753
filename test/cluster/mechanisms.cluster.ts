import { mechanismSuite } from '../acceptance/mechanisms';
import { testCluster } from './test-cluster';

mechanismSuite(testCluster);
