import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { page } from '../../src/adapters/lambda/page.ts';
import { chooseLanguage } from '../../src/form/language.ts';
import { type Html, type HtmlPart, html } from '../../src/form/pages/html.ts';
import { renderPage } from '../../src/form/pages/page.ts';
import type { Settings } from '../../src/settings/schema.ts';
import type { FinishFailure, FinishFailureCode } from '../../src/sign-in/finish-sign-in.ts';
import type { StartFailure } from '../../src/sign-in/start-sign-in.ts';

type PageSettings = Pick<Settings, 'organization'>;

const language = chooseLanguage(['en']);

const render = ({ organization }: PageSettings, title: string, content: HtmlPart): string =>
  renderPage({ language, title, organization: organization.name, content });

const nothingStored = html`<p>Nothing was stored, and what was stored before is still in force.</p>`;

/** How to get a link; the operator's token goes into a header, never into a page. */
const howToStart = (origin: string): Html => html`<h2>How to start</h2>
<p>An operator gets a link that is good for one sign-in within ten minutes:</p>
<p><code>curl -X POST -H "authorization: Bearer TOKEN" ${origin}/v1/webex/authorize-link</code></p>
<p>Open it in the browser in which you are, or will be, signed in to Webex as an administrator of Contact Center.</p>`;

export const signedInPage = (settings: PageSettings, refreshTokenExpiresAtMs: number): string =>
  render(
    settings,
    'Signed in to Webex',
    html`<p>Ringback may now act in Webex Contact Center for ${settings.organization.name}
(${settings.organization.id}). The tokens are stored, and calls that waited for them are placed by themselves within ten minutes.</p>
<p>The sign-in is good until ${new Date(refreshTokenExpiresAtMs).toUTCString()} at least, and renews itself where Webex allows it. You can close this page.</p>`,
  );

const startWords: Readonly<Record<StartFailure, { status: number; title: string; content: HtmlPart }>> = {
  'no-link': {
    status: 400,
    title: 'Sign in to Webex',
    content: html`<p>This page starts the sign-in by which Ringback gets its access to Webex. It needs a link of its own.</p>`,
  },
  'link-used': {
    status: 410,
    title: 'This link is used up',
    content: html`<p>The link was opened before, or it is older than ten minutes. Get a new one.</p>`,
  },
  'no-client': {
    status: 409,
    title: 'The Webex integration is not set up',
    content: html`<p>The secret of Ringback does not hold the client id and the client secret of your Webex integration yet.
Put them there as docs/operations.md says, then get a new link.</p>`,
  },
};

export function startFailurePage(
  failure: StartFailure,
  settings: PageSettings,
  origin: string,
): APIGatewayProxyStructuredResultV2 {
  const { status, title, content } = startWords[failure];
  return page(status, render(settings, title, html`${content}${howToStart(origin)}`));
}

interface Words {
  readonly status: number;
  readonly title: string;
  readonly words: (detail: string, settings: PageSettings) => HtmlPart;
}

const finishWords: Readonly<Record<FinishFailureCode, Words>> = {
  'state-unknown': {
    status: 400,
    title: 'This sign-in is over',
    words: () => html`<p>It was finished before, it is older than ten minutes, or it was not started here.</p>`,
  },
  'other-browser': {
    status: 400,
    title: 'This sign-in belongs to another browser',
    words: () =>
      html`<p>It was started in another browser, or once more in this one, or this browser keeps no cookies. Start it again and stay in the same browser.</p>`,
  },
  'no-client': { status: 409, title: startWords['no-client'].title, words: () => startWords['no-client'].content },
  denied: {
    status: 403,
    title: 'Access was denied',
    words: () => html`<p>On the page of Webex somebody chose not to allow the access. Start again to allow it.</p>`,
  },
  'scope-refused': {
    status: 400,
    title: 'Webex refuses a scope',
    words: (detail) =>
      html`<p>The integration lacks a scope that Ringback asks for (${detail}). Add the scopes that docs/operations.md names at developer.webex.com, then start again.</p>`,
  },
  'code-refused': {
    status: 400,
    title: 'Webex did not take the code',
    words: () =>
      html`<p>The code that Webex sent this browser back with has expired, or it was used before. Start again.</p>`,
  },
  'client-refused': {
    status: 409,
    title: 'Webex does not know the integration',
    words: () =>
      html`<p>The client id or the client secret in Ringback’s secret is not the one at developer.webex.com. Put the right ones there, then start again.</p>`,
  },
  refused: {
    status: 502,
    title: 'Webex refused the sign-in',
    words: (detail) =>
      html`<p>Webex answered: ${detail}. Start again; where that does not help, docs/operations.md says more.</p>`,
  },
  'no-answer': {
    status: 502,
    title: 'Webex gave no usable answer',
    words: () =>
      html`<p>The sign-in could not be finished because Webex did not answer, or not as documented. Start again in a few minutes.</p>`,
  },
  'wrong-organization': {
    status: 403,
    title: 'That is another organization',
    words: (detail, { organization }) =>
      html`<p>The account that signed in belongs to the organization ${detail}. Ringback is set up for ${organization.name}
(${organization.id}). Sign out of Webex in this browser, then start again with an account of that organization.</p>`,
  },
  'no-refresh-token': {
    status: 502,
    title: 'Webex gave no refresh token',
    words: () =>
      html`<p>Without one, the access would end within hours. Look whether the integration is of the right kind, then start again.</p>`,
  },
  'token-refused': {
    status: 403,
    title: 'Webex refuses its own token',
    words: (_detail, { organization }) =>
      html`<p>Webex Contact Center did not take the token that the sign-in gave, or took it for another organization than ${organization.name}
(${organization.id}). Sign in with an administrator of Contact Center of that organization.</p>`,
  },
  'missing-scope': {
    status: 403,
    title: 'The access is not sufficient',
    words: () =>
      html`<p>The sign-in worked, but Webex does not let this account look up tasks. Either the integration lacks the scope cjp:config_read, or
the account is not an administrator of Contact Center. Mend that, then start again.</p>`,
  },
};

export function failurePage(
  { code, detail = 'no reason given' }: FinishFailure,
  settings: PageSettings,
  origin: string,
): APIGatewayProxyStructuredResultV2 {
  const { status, title, words } = finishWords[code];
  return page(status, render(settings, title, html`${words(detail, settings)}${nothingStored}${howToStart(origin)}`));
}

export const faultPage = (settings: PageSettings): string =>
  render(
    settings,
    'Something went wrong',
    html`<p>The sign-in could not be finished because of a fault on our side or because Webex did not answer. Get a new link and start again; the log of
authorize-webex says more.</p>${nothingStored}`,
  );
