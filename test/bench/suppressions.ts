/** Parses and validates 1,000,000 rows of a do-not-call list and prints JSON; the rows are made while they are read. */
import { parseSuppressions } from '../../src/suppression/bulk-parse.ts';

const rows = 1_000_000;

async function* file(): AsyncGenerator<Uint8Array> {
  let piece = 'number,reason,source,addedBy,addedAt\n';
  for (let row = 0; row < rows; row += 1) {
    const areaCode = 201 + ((row * 7) % 780);
    const line = String((row * 7_919) % 10_000).padStart(4, '0');
    piece += `(${areaCode}) ${200 + (row % 800)}-${line},asked not to be called,crm,ada@example.com,2026-01-02T03:04:05Z\n`;
    if (piece.length < 65_536) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}

const startedAt = performance.now();
let taken = 0;
let rejected = 0;
for await (const piece of parseSuppressions(file(), {
  source: 'bench',
  addedBy: 'bench',
  addedAtMs: Date.now(),
  country: 'US',
})) {
  taken += piece.entries.length;
  rejected += piece.rejects.length;
}
const parseMs = Math.round(performance.now() - startedAt);
process.stdout.write(
  `${JSON.stringify({ rows, taken, rejected, parseMs, peakRssMb: Math.round(process.resourceUsage().maxRSS / 1_024) })}\n`,
);
