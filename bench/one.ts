/** The entry of a process that runs one bench, named by its argument, and reports the figures to its parent. */
import { benches } from './benches.ts';

const figures = await benches[process.argv[2] ?? '']?.run();
process.send?.(figures, () => process.exit());
