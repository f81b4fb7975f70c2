// `npm start`: installs what is pinned, then runs `meseta up` under the pinned Node.
import { join } from 'node:path';
import { ensureInstalled, root, runPinned, warmCompileCache } from './install.mjs';

await ensureInstalled({ withTools: false });
await warmCompileCache();
runPinned([join(root, 'deploy', 'launcher', 'main.ts'), 'up', ...process.argv.slice(2)]);
