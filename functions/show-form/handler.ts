import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Observability } from '../../src/adapters/lambda/observability.ts';
import { page } from '../../src/adapters/lambda/page.ts';
import { problemDetails } from '../../src/adapters/lambda/problem-details.ts';
import { type FormSettings, listLines } from '../../src/form/list-lines.ts';
import { choosePageLanguage } from '../../src/form/pages/page-language.ts';
import { renderForm } from '../../src/form/pages/render-form.ts';
import { renderTurnedOff } from '../../src/form/pages/render-turned-off.ts';
import type { Clock } from '../../src/shared/clock.ts';
import type { WaitEstimates } from '../../src/waits/estimate-wait.ts';
import { waitsOfLines } from '../../src/waits/waits-of-lines.ts';

export interface ShowFormDeps extends Pick<Observability, 'logger'> {
  readonly settings: FormSettings & {
    readonly screen: { readonly plainForm: boolean };
    readonly site: { readonly origins: readonly string[] };
  };
  readonly clock: Pick<Clock, 'nowMs'>;
  /** A new Idempotency-Key for every page. */
  readonly newKey: () => string;
  /** Absent where no line names a queue. */
  readonly waits?: Pick<WaitEstimates, 'ofQueue'>;
}

export function createHandler({ logger, settings, clock, newKey, waits }: ShowFormDeps) {
  const lines = listLines(settings);
  return middy()
    .use(problemDetails(logger))
    .handler(async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
      const { line = '', country = '', lang } = event.queryStringParameters ?? {};
      const language = choosePageLanguage(lang, event.headers['accept-language']);
      if (!settings.screen.plainForm)
        return page(404, renderTurnedOff(settings.organization.name, settings.site.origins[0], language));
      const told = waits ? await waitsOfLines(settings.lines, waits) : new Map<string, number>();
      const values = { line, country };
      return page(200, renderForm({ lines, language, values, waits: told, key: newKey(), shownAtMs: clock.nowMs() }));
    });
}
