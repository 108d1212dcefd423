import { BlockList, isIP } from 'node:net';
import { sha256 } from '../shared/digest.ts';
import type { Arrival } from './types.ts';

/** The one header that tells the client's address, and what proves that our own CDN wrote it. */
export interface AddressHeader {
  /** Lower case. */
  readonly header: string;
  readonly provenBy: {
    /** Lower case. */
    readonly header: string;
    /** SHA-256 of what the CDN sends in it, hex. */
    readonly sha256: string;
  };
}

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * The client's address. A request that does not prove that it came through the CDN came past it, so the gateway's view is
 * the right one.
 * @param sourceIp as the gateway saw it
 */
export function clientAddress(headers: Headers, sourceIp: string, trusted: AddressHeader | undefined): string {
  if (!trusted) return sourceIp;
  const proof = headers[trusted.provenBy.header];
  if (proof === undefined || sha256(proof) !== trusted.provenBy.sha256) return sourceIp;
  const told = headers[trusted.header]?.trim() ?? '';
  // CloudFront adds the port, without brackets around an IPv6 address.
  const address = trusted.header === 'cloudfront-viewer-address' ? told.replace(/:\d+$/, '') : told;
  return isIP(address) === 0 ? sourceIp : address;
}

/**
 * Whether an address is among those of the settings.
 * @param ranges in CIDR notation, such as `192.0.2.0/24` or `::1/128`; an address alone is one address
 */
export function addressList(ranges: readonly string[]): (address: string) => boolean {
  if (ranges.length === 0) return () => false;
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', bits] = range.split('/');
    const family = isIP(net) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(net, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** Whether text is an address or a range of addresses in CIDR notation. */
export function isAddressRange(text: string): boolean {
  const [net = '', bits, ...more] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(net)] ?? -1;
  if (most < 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

/** How a request came in. @param ownHost host that the gateway was asked for */
export function arrivalOf(headers: Headers, address: string, ownHost: string): Arrival {
  const { origin } = headers;
  const isOwnHost =
    origin !== undefined && /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, '') === ownHost;
  return { address, origin, isOwnPage: isOwnHost || headers['sec-fetch-site'] === 'same-origin' };
}
