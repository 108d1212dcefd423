import type { Observability } from '../../src/adapters/lambda/observability.ts';
import type { RequestCallDeps } from '../../src/calls/request-call.ts';
import type { FormSettings } from '../../src/form/list-lines.ts';
import type { SlotCounts } from '../../src/slots/ports.ts';
import type { ScreeningDeps } from './screening.ts';

/** What both ways in need: JSON from the element, and the plain form. */
export type RequestCallHandlerDeps = RequestCallDeps &
  Observability &
  ScreeningDeps & {
    readonly settings: FormSettings & {
      readonly screen: { readonly plainForm: boolean };
      readonly site: { readonly origins: readonly string[] };
    };
    /** How full slots are, for the plain form's list of times. */
    readonly counts: SlotCounts;
    /** What the plain form's confirmation is signed with. */
    readonly secret: () => Promise<string>;
  };
