import type { Answer } from '../http/answers.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** A page that loads nothing from anywhere else; its own inline style and script carry `nonce`. */
export function html(status: number, page: { readonly markup: string; readonly nonce: string }): Answer {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${page.nonce}'; script-src 'nonce-${page.nonce}'; connect-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'`,
    },
    body: page.markup,
  };
}

/** Colours that keep at least 4.5:1 against their ground in both schemes. */
export const STYLE = `
  :root { color-scheme: light dark; --ground: #fff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --accent: #0b5394; --on-accent: #fff; --bad: #a40e26; }
  @media (prefers-color-scheme: dark) {
    :root { --ground: #14181d; --text: #e6edf3; --soft: #9aa7b4; --line: #39424c; --accent: #7cc0ff; --on-accent: #10151a; --bad: #ff8f9b; }
  }
  * { box-sizing: border-box; }
  body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
  .soft { color: var(--soft); } .bad { color: var(--bad); }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  button { font: inherit; padding: .5rem 1.25rem; border: 1px solid var(--accent); border-radius: .4rem; background: transparent; color: var(--accent); cursor: pointer; }
  button.main { background: var(--accent); color: var(--on-accent); }
`;

export const document = (title: string, nonce: string, style: string, content: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">${STYLE}${style}</style>
</head>
<body>
${content}
</body>
</html>
`;
