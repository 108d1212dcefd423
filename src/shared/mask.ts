/** `+14155550132` as `+1415*****32`: enough to recognize a number in a log, not enough to call it. */
export function maskNumber(number: string): string {
  if (number.length < 8) return '*'.repeat(number.length);
  return number.slice(0, 5) + '*'.repeat(number.length - 7) + number.slice(-2);
}
