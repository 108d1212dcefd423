import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import type { HttpRequest } from './http/event.ts';
import { gatewayAnswer, type HttpResponse } from './http/response.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/** Serves the sample site's files, as a company's own web server would, from another origin than the API. */
export const serveSite =
  (directory: string) =>
  async (request: HttpRequest): Promise<HttpResponse> => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return gatewayAnswer(405, 'Method Not Allowed', { allow: 'GET, HEAD' });
    const path = normalize(decodeURIComponent(request.rawPath));
    const file = join(directory, path.endsWith(sep) ? `${path}index.html` : path);
    if (!file.startsWith(directory + sep)) return gatewayAnswer(404, 'Not Found');
    try {
      return page(extname(file), await readFile(file));
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR'))
        return gatewayAnswer(404, 'Not Found');
      throw error;
    }
  };

const page = (extension: string, body: Buffer): HttpResponse => ({
  status: 200,
  headers: { 'content-type': TYPES[extension] ?? 'application/octet-stream', 'cache-control': 'no-cache' },
  body,
});
