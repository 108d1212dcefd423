import { writeFileSync } from 'node:fs';
import { renderTable } from './numbering-render.ts';
import { buildTable } from './numbering-table.ts';

const target = new URL('../../src/numbering/prefix-table.generated.ts', import.meta.url);
const text = renderTable(buildTable());
writeFileSync(target, text);
process.stdout.write(`Wrote src/numbering/prefix-table.generated.ts, ${Buffer.byteLength(text)} bytes.\n`);
