import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { document } from './html.ts';

const script = readFileSync(new URL('./home-page.client.js', import.meta.url), 'utf8');

const TABLE_STYLE = `
  .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; }
  table { border-collapse: collapse; width: 100%; font-size: .9rem; }
  caption { text-align: left; padding: .5rem .75rem; color: var(--soft); }
  th, td { text-align: left; vertical-align: top; padding: .4rem .75rem; border-top: 1px solid var(--line); white-space: nowrap; }
  td.wrap { white-space: normal; overflow-wrap: anywhere; min-width: 16rem; }
  summary { cursor: pointer; } pre { margin: .25rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

/** Tasks and requests as they come. */
export function homePage(): { readonly markup: string; readonly nonce: string } {
  const nonce = randomUUID();
  const content = `<main>
<h1>Webex Contact Center simulator</h1>
<p class="soft">Nothing here reaches a telephone. The same as JSON: <a href="/_tasks">tasks</a>, <a href="/_contact-lists">contact lists</a>, <a href="/_requests">requests</a>, <a href="/_faults">faults</a>, <a href="/_settings">settings</a>.</p>
<p id="summary" role="status">Loading…</p>
<noscript><p>This page shows tasks and requests live with JavaScript. Without it, use the links above.</p></noscript>
<h2 id="tasks-title">Tasks</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="tasks-title"><table>
<caption>The last 100, newest first</caption>
<thead><tr><th scope="col">#</th><th scope="col">Time</th><th scope="col">Number</th><th scope="col">Type</th><th scope="col">Entry point</th><th scope="col">Status</th><th scope="col">Details</th></tr></thead>
<tbody id="tasks"></tbody></table></div>
<h2 id="lists-title">Contact lists</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="lists-title"><table>
<caption>The last 100, newest first</caption>
<thead><tr><th scope="col">#</th><th scope="col">Made</th><th scope="col">Campaign</th><th scope="col">Contacts</th><th scope="col">Details</th></tr></thead>
<tbody id="lists"></tbody></table></div>
<h2 id="requests-title">Requests</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="requests-title"><table>
<caption>The last 100, newest first</caption>
<thead><tr><th scope="col">#</th><th scope="col">Time</th><th scope="col">Operation</th><th scope="col">Path</th><th scope="col">Answer</th><th scope="col">Fault</th><th scope="col">Details</th></tr></thead>
<tbody id="requests"></tbody></table></div>
</main>
<script type="module" nonce="${nonce}">${script}</script>`;
  return { nonce, markup: document('Webex simulator', nonce, TABLE_STYLE, content) };
}
