import { createHash } from 'node:crypto';
import type { FormLanguage } from '../language.ts';
import { Html, type HtmlPart, html } from './html.ts';
import { pageStyles } from './page-styles.ts';

export interface PageOptions {
  readonly language: FormLanguage;
  readonly title: string;
  /** Tells in the title too that something is wrong: it is the first thing that is read out. */
  readonly titlePrefix?: string | undefined;
  readonly organization: string;
  readonly content: HtmlPart;
}

/** A whole page. It loads nothing: no script, no picture, no font. */
export const renderPage = ({ language, title, titlePrefix, organization, content }: PageOptions): string =>
  html`<!doctype html>
<html lang="${language.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${titlePrefix && `${titlePrefix} – `}${title} – ${organization}</title>
<link rel="icon" href="data:,">
<style>${new Html(pageStyles)}</style>
</head>
<body>
<header><p>${organization}</p></header>
<main><h1>${title}</h1>${content}</main>
</body>
</html>`.toString();

const styleHash = createHash('sha256').update(pageStyles).digest('base64');

/** Sent with every page. The one style sheet is named by its hash; forms go to this origin only; nobody frames the page. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  // The address of a status page holds the manage token; it stays on this origin.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};
