/**
 * Everything that a site may change is a `--ringback-…` variable or a part. Dark or light is the page's choice: colours
 * follow its `color-scheme`, which the `theme` attribute overrides.
 */
const styles = `
:host {
  --_text: #1b1b1f; --_muted: #52525c; --_surface: #fff; --_border: #74747f;
  --_accent: #0b57d0; --_on-accent: #fff; --_error: #b3261e; --_radius: .5rem;
  display: block; max-inline-size: 34rem;
}
@supports (color: light-dark(#000, #fff)) {
  :host {
    --_text: light-dark(#1b1b1f, #ececf1); --_muted: light-dark(#52525c, #b9b9c4);
    --_surface: light-dark(#fff, #1a1b1f); --_border: light-dark(#74747f, #8f8f9b);
    --_accent: light-dark(#0b57d0, #a8c7fa); --_on-accent: light-dark(#fff, #062e6f);
    --_error: light-dark(#b3261e, #f6b8b4);
  }
}
:host([hidden]), [hidden] { display: none !important; }
:host([theme=light]) { color-scheme: light; }
:host([theme=dark]) { color-scheme: dark; }
:host([theme=auto]) { color-scheme: light dark; }
*, ::before { box-sizing: border-box; }
.shell {
  color: var(--ringback-text, var(--_text)); background: var(--ringback-surface, var(--_surface));
  border: 1px solid var(--ringback-border, var(--_border)); border-radius: var(--ringback-radius, var(--_radius));
  font: var(--ringback-font, 1rem/1.5 system-ui, sans-serif); padding: var(--ringback-padding, clamp(1rem, 5%, 1.75rem));
  overflow-wrap: anywhere;
}
form, section { display: grid; gap: var(--ringback-gap, 1.1rem); }
section { justify-items: start; }
h2, p { margin: 0; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
h2 { font-size: 1.4em; line-height: 1.25; }
h2:focus { outline: none; }
.field { display: grid; gap: .3rem; align-content: start; min-inline-size: 0; }
.pair { display: grid; gap: var(--ringback-gap, 1.1rem); grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); }
fieldset, .slots { display: grid; gap: .6rem; margin: 0; padding: 0; border: 0; min-inline-size: 0; }
.slots { margin-block-start: .3rem; }
label, legend { font-weight: 600; padding: 0; }
legend { margin-block-end: .3rem; }
label span, .check label { font-weight: 400; }
[part=hint], [part=intro], label span { color: var(--ringback-muted, var(--_muted)); }
[part=hint] { font-size: .9em; }
[part=error], [part=alert] { color: var(--ringback-error, var(--_error)); font-weight: 600; }
[part=error]::before { content: '\\26A0\\FE0E  ' / ''; }
input, select, textarea, button { font: inherit; color: inherit; }
input:not([type=checkbox], [type=radio]), select, textarea {
  inline-size: 100%; min-block-size: 2.75rem; padding: .5rem .7rem;
  background: var(--ringback-surface, var(--_surface)); border: 1px solid var(--ringback-border, var(--_border));
  border-radius: var(--ringback-radius, var(--_radius));
}
input[type=tel] { text-align: start; }
textarea { resize: vertical; }
[aria-invalid=true] { border: 2px solid var(--ringback-error, var(--_error)) !important; }
.check { display: grid; grid-template-columns: auto 1fr; gap: .6rem; align-items: start; }
.check input { inline-size: 1.5rem; block-size: 1.5rem; margin: 0; flex: none; accent-color: var(--ringback-accent, var(--_accent)); }
button {
  min-block-size: 2.75rem; padding: .55rem 1.2rem; cursor: pointer; font-weight: 600;
  border: 2px solid var(--ringback-accent, var(--_accent)); border-radius: var(--ringback-radius, var(--_radius));
  transition: filter .15s;
}
[part=button] { background: var(--ringback-accent, var(--_accent)); color: var(--ringback-on-accent, var(--_on-accent)); }
[part=button-secondary] { background: none; color: var(--ringback-accent, var(--_accent)); }
button:hover { filter: brightness(1.12); }
[aria-disabled=true] { opacity: .65; cursor: default; }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; margin-block-start: .5rem; }
a { color: var(--ringback-accent, var(--_accent)); }
:focus-visible { outline: 3px solid var(--ringback-accent, var(--_accent)); outline-offset: 2px; }
[role=status]:not(:empty), [role=alert]:not(:empty) { margin-block-start: .8rem; }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@media (forced-colors: active) {
  [part=button] { border-color: ButtonText; }
  [aria-invalid=true] { border-style: dashed !important; }
}
`;

let shared: CSSStyleSheet | undefined;

/** One sheet for all forms of a page. Made by script and not as markup, so that a page may forbid inline styles. */
export function styleSheet(): CSSStyleSheet {
  if (shared) return shared;
  shared = new CSSStyleSheet();
  shared.replaceSync(styles);
  return shared;
}
