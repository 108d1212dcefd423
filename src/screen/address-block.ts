import { isIP } from 'node:net';

/**
 * What counts as one client: an IPv4 address, or the /64 of an IPv6 address, because a home or a server gets at least that
 * much. Undefined where the text is no address.
 */
export function addressBlock(address: string): string | undefined {
  const text = address.replace(/%.*$/, '');
  switch (isIP(text)) {
    case 4:
      return text;
    case 6:
      return blockOf6(text);
    default:
      return undefined;
  }
}

function blockOf6(address: string): string {
  const mapped = /^(?:0*:)*:?(?:0*:)*ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const [head = '', tail] = address.replace(/\d+\.\d+\.\d+\.\d+$/, '0:0').split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
