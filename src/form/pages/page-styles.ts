/** The look of the pages without JavaScript: the element's, on a page of its own. */
export const pageStyles = `
:root {
  color-scheme: light dark;
  --text: #1b1b1f; --muted: #52525c; --surface: #fff; --border: #74747f;
  --accent: #0b57d0; --on-accent: #fff; --error: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #ececf1; --muted: #b9b9c4; --surface: #1a1b1f; --border: #8f8f9b;
    --accent: #a8c7fa; --on-accent: #062e6f; --error: #f6b8b4;
  }
}
*, ::before { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-inline-size: 36rem; color: var(--text); background: var(--surface); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header p { margin: 0; font-weight: 700; }
h1 { margin-block: .8rem; font-size: 1.7rem; line-height: 1.2; }
h2 { margin-block: 1.5rem 0; font-size: 1.2rem; }
p { margin-block: .6rem; }
form { display: grid; gap: 1.1rem; margin-block-start: 1rem; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
dl { display: grid; gap: .2rem; margin-block: 1rem; }
dt { color: var(--muted); }
dd { margin: 0 0 .6rem; font-weight: 600; }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; }
.field { display: grid; gap: .3rem; min-inline-size: 0; }
fieldset { margin: 0; padding: 0; border: 0; min-inline-size: 0; display: grid; gap: .6rem; }
label, legend { font-weight: 600; padding: 0; }
legend { margin-block-end: .3rem; }
label span, .check label { font-weight: 400; }
.hint, label span { color: var(--muted); }
.hint { font-size: .9rem; margin: 0; }
.error { margin: 0; color: var(--error); font-weight: 600; }
.error::before { content: '\\26A0\\FE0E  ' / ''; }
.summary { border: 2px solid var(--error); border-radius: .5rem; padding: .2rem 1rem; }
input, select, textarea, button { font: inherit; color: inherit; }
input:not([type=checkbox], [type=radio]), select, textarea { inline-size: 100%; min-block-size: 2.75rem; padding: .5rem .7rem; background: var(--surface); border: 1px solid var(--border); border-radius: .5rem; }
input[type=tel] { text-align: start; }
[aria-invalid=true] { border: 2px solid var(--error) !important; }
.check { display: grid; grid-template-columns: auto 1fr; gap: .6rem; align-items: start; }
.check input { inline-size: 1.5rem; block-size: 1.5rem; margin: 0; accent-color: var(--accent); }
button { min-block-size: 2.75rem; padding: .55rem 1.2rem; cursor: pointer; font-weight: 600; border: 2px solid var(--accent); border-radius: .5rem; background: var(--accent); color: var(--on-accent); }
button.quiet { background: none; color: var(--accent); }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (forced-colors: active) { button { border-color: ButtonText; } [aria-invalid=true] { border-style: dashed !important; } }
`;
