/**
 * Area codes of the North American plan that belong to other countries than the United States and its territories:
 * Canada, Bermuda and the Caribbean (derived from libphonenumber-js 1.13, checked by a test). Everything else in +1
 * counts as a United States number, so an area code that opens tomorrow is asked about, not waved through.
 */
const foreignAreaCodes: ReadonlySet<number> = new Set([
  // Canada
  204, 226, 236, 249, 250, 257, 263, 273, 289, 306, 343, 354, 365, 367, 368, 382, 403, 416, 418, 428, 431, 437, 438,
  450, 468, 474, 506, 514, 519, 548, 579, 581, 584, 587, 600, 604, 613, 622, 633, 639, 647, 672, 683, 705, 709, 742,
  753, 778, 780, 782, 807, 819, 825, 867, 873, 879, 902, 905, 942,
  // Bermuda and the Caribbean; Puerto Rico (787, 939) and the US Virgin Islands (340) are United States
  242, 246, 264, 268, 284, 345, 441, 473, 649, 658, 664, 721, 758, 767, 784, 809, 829, 849, 868, 869, 876,
]);

/** Whether an area code (200 to 999) is one that the US registry speaks about. */
export const isRegistryAreaCode = (areaCode: number): boolean =>
  areaCode >= 200 && areaCode <= 999 && !foreignAreaCodes.has(areaCode);

/** `+12125550123` without the plus sign and the country code, or NaN where it is no +1 number of ten digits. */
export function nationalDigits(number: string): number {
  if (number.length !== 12 || number.charCodeAt(0) !== 43 || number.charCodeAt(1) !== 49) return Number.NaN;
  let digits = 0;
  for (let index = 2; index < 12; index += 1) {
    const digit = number.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    digits = digits * 10 + digit;
  }
  return digits;
}
