/** Serves a folder below a path, as GitHub Pages does. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export interface StaticServer {
  /** Ends in the path: `http://127.0.0.1:1234/some/book/`. */
  readonly url: string
  close(): Promise<void>
}

/** @param headers sent with every answer, beside its type */
export async function serveFolder(
  folder: string,
  path = '/some/book/',
  headers: Readonly<Record<string, string>> = {},
): Promise<StaticServer> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const name = pathname.startsWith(path) ? decodeURIComponent(pathname.slice(path.length)) : undefined
    const file =
      name === undefined
        ? ''
        : join(folder, normalize(`/${name === '' || name.endsWith('/') ? `${name}index.html` : name}`))
    const body = await readFile(file).catch(() => undefined)
    const type = { 'content-type': types[extname(file)] ?? 'text/plain' }
    response.writeHead(body ? 200 : 404, { ...headers, ...type })
    response.end(body ?? 'not found')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}${path}`,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
