import { describe, expect, it } from 'vitest';
import { blockId, maskAddress, subjectOf } from '../../../src/screen/blocks.ts';
import { addressList, arrivalOf, clientAddress, isAddressRange } from '../../../src/screen/client-address.ts';
import { numberSubject } from '../../../src/screen/velocity.ts';
import { sha256 } from '../../../src/shared/digest.ts';

const trusted = { header: 'cloudfront-viewer-address', provenBy: { header: 'x-from-cdn', sha256: sha256('secret') } };
const through = (told: string | undefined, proof = 'secret') =>
  clientAddress({ 'cloudfront-viewer-address': told, 'x-from-cdn': proof }, '192.0.2.1', trusted);

describe('clientAddress', () => {
  it.each([
    ['an IPv4 address without its port', '198.51.100.7:46532', '198.51.100.7'],
    ['an IPv6 address without its port', '2001:db8::1:46532', '2001:db8::1'],
    ['the gateway’s view where the header holds no address', 'unknown', '192.0.2.1'],
    ['the gateway’s view where the header is missing', undefined, '192.0.2.1'],
  ])('takes %s', (_what, told, address) => {
    expect(through(told)).toBe(address);
  });

  it('does not believe who cannot prove that the CDN wrote it', () => {
    expect(through('198.51.100.7:1', 'guess')).toBe('192.0.2.1');
    expect(clientAddress({ 'cloudfront-viewer-address': '198.51.100.7:1' }, '192.0.2.1', trusted)).toBe('192.0.2.1');
    expect(clientAddress({ 'x-forwarded-for': '198.51.100.7' }, '192.0.2.1', undefined)).toBe('192.0.2.1');
  });

  it('takes an address without a port from other headers', () => {
    const header = { ...trusted, header: 'true-client-ip' };
    expect(clientAddress({ 'true-client-ip': '2001:db8::1:443', 'x-from-cdn': 'secret' }, '192.0.2.1', header)).toBe(
      '2001:db8::1:443',
    );
  });
});

describe('addressList', () => {
  const isListed = addressList(['127.0.0.0/8', '::1', '2001:db8:1::/48', '203.0.113.9']);

  it.each([
    ['127.3.2.1', true],
    ['::1', true],
    ['2001:db8:1:ff::9', true],
    ['203.0.113.9', true],
    ['203.0.113.10', false],
    ['2001:db8:2::1', false],
    ['not an address', false],
    ['', false],
  ])('%s: %s', (address, listed) => {
    expect(isListed(address)).toBe(listed);
    expect(addressList([])(address)).toBe(false);
  });

  it.each([
    ['192.0.2.0/24', true],
    ['::1/128', true],
    ['192.0.2.1', true],
    ['192.0.2.0/33', false],
    ['2001:db8::/129', false],
    ['192.0.2.0/', false],
    ['192.0.2.0/24/8', false],
    ['192.0.2.0/-1', false],
    ['example.com', false],
  ])('is made of ranges: %s: %s', (text, isRange) => {
    expect(isAddressRange(text)).toBe(isRange);
  });
});

describe('arrivalOf', () => {
  it.each([
    ['a page of the API itself', { origin: 'https://api.example.com' }, true],
    [
      'a page that the browser says is ours',
      { origin: 'https://calls.example.com', 'sec-fetch-site': 'same-origin' },
      true,
    ],
    ['another page', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, false],
    ['a page whose name begins like ours', { origin: 'https://api.example.com.evil.example' }, false],
    ['a page without an origin', { origin: 'null' }, false],
  ])('for %s', (_what, headers, isOwnPage) => {
    expect(arrivalOf(headers, '192.0.2.1', 'api.example.com').isOwnPage).toBe(isOwnPage);
  });
});

describe('blocks', () => {
  it('are named so that their counters are found again', () => {
    const subject = numberSubject('+14155550132');
    expect(subjectOf(blockId(subject))).toBe(subject);
    expect(blockId(subject)).not.toContain('4155550132');
  });

  it.each([
    ['192.0.2.77', '192.0.*.*'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:*'],
    ['nowhere', 'unknown'],
  ])('mask %s', (address, shown) => {
    expect(maskAddress(address)).toBe(shown);
  });
});
