const barWidth = 30;

export const count = (some: number): string => some.toLocaleString('en');

export function bar(done: number, all: number, words: string): string {
  const share = all === 0 ? 1 : Math.min(1, done / all);
  const full = Math.round(share * barWidth);
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${Math.floor(share * 100)} %  ${words}`;
}
