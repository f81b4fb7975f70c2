// `npm test`: installs what is pinned, then runs every suite under the pinned Node.
import { join } from 'node:path';
import { ensureInstalled, root, runPinned } from './install.mjs';

await ensureInstalled({ withTools: true });
runPinned([join(root, 'test', 'run', 'main.ts'), ...process.argv.slice(2)]);
