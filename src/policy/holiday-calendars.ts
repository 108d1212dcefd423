/**
 * Curated lists of legal holidays, one day a word:
 * `12-25` a date · `12-25~` also the Friday or Monday it is observed on · `04-25>` also the Monday
 * after a weekend · `12-25>>` also the Monday and Tuesday after it, for two holidays that share a weekend · `06-19^` also the
 * Monday of its week, or after a weekend · `11/thu/4` the fourth Thursday of November, `05/mon/-1` the last Monday of May, `11/mon/1+1` the day after
 * the first Monday · `easter-2` days from Easter Sunday · `@even` in even years only.
 * Where the observed day differs, both are holidays here. Sources: 5 U.S.C. 6103 and the state codes named beside each.
 */
export const HOLIDAY_CALENDARS: Readonly<Record<string, string>> = {
  /** 5 U.S.C. 6103(a), (b). */
  US: '01-01~ 01/mon/3 02/mon/3 05/mon/-1 06-19~ 07-04~ 09/mon/1 10/mon/2 11-11~ 11/thu/4 12-25~',
  /** Ala. Code 1-3-8; Mardi Gras is kept in two counties, which a number does not tell. */
  'US-AL': 'US easter-47 04/mon/4 06/mon/1',
  /** La. R.S. 1:55; the governor may proclaim more, which an operator adds as dates. */
  'US-LA': 'US 01-08 easter-47 easter-2 06-03 08-30 11-01 11/mon/1+1@even 11/thu/4+1',
  /** R.I. Gen. Laws 25-1-1. */
  'US-RI': 'US 05-04 08/mon/2 11/mon/1+1@even',
  /** 44 P.S. 11; Act 73 of 2019 bars calls on Good Friday, Flag Day and Election Day too. */
  'US-PA': 'US easter-2 06-14~ 11/mon/1+1',
  /** Utah Code 63G-1-301; Juneteenth is kept on the Monday of its week or after it. */
  'US-UT': 'US 07-24~ 06-19^',
  /** Neb. Rev. Stat. 25-2221. */
  'US-NE': 'US 04/fri/-1 11/thu/4+1',
  /** Code du travail L3133-1. */
  FR: '01-01 easter+1 05-01 05-08 easter+39 easter+50 07-14 08-15 11-01 11-11 12-25',
  /** National public holidays of the Telemarketing and Research Calls Industry Standard 2017. */
  AU: '01-01> 01-26> easter-2 easter+1 04-25> 12-25>> 12-26>>',
};
