import { addressList } from './client-address.ts';
import { formRule } from './form-rule.ts';
import { countryRule, numberTypeRule } from './number-rule.ts';
import { originRule } from './origin-rule.ts';
import { RequestScreen, type ScreenDeps } from './screen-request.ts';

/** What the settings say of the screen. */
export interface ScreenSettings {
  readonly site: { readonly origins: readonly string[] };
  readonly countries: readonly string[];
  readonly lines: Readonly<Record<string, { readonly countries?: readonly string[] | undefined }>>;
  readonly screen: {
    readonly fillSecondsMin: number;
    readonly proofOfWork: { readonly required: boolean };
    readonly limits: ScreenDeps['limits'];
    readonly exemptAddresses: readonly string[];
  };
}

/** The screen that the settings describe. */
export const createScreen = (
  { site, countries, lines, screen }: ScreenSettings,
  ports: Pick<ScreenDeps, 'counters' | 'proofs' | 'blocks' | 'observer' | 'random'>,
): RequestScreen =>
  new RequestScreen({
    ...ports,
    rules: {
      origin: originRule(site.origins),
      form: formRule(screen.fillSecondsMin * 1_000),
      country: countryRule((line) => lines[line]?.countries ?? countries),
      numberType: numberTypeRule,
    },
    limits: screen.limits,
    requiresProof: screen.proofOfWork.required,
    isExempt: addressList(screen.exemptAddresses),
  });
