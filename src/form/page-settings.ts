import type { Lines } from '../../events/lines/schema.ts';
import type { StringOverrides } from './language.ts';

/** What a page may say for all forms on it, as `window.ringback`. */
export interface PageSettings {
  /** Address of the API. */
  readonly api?: string;
  /** What `GET /v1/lines` answers; with it the form is shown without asking. */
  readonly form?: Lines;
  readonly strings?: StringOverrides;
}
