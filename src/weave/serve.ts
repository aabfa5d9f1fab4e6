/** HTTP for pages, files and assets; a WebSocket that tells open pages what has changed. [edge: http] */
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import { missingDocument } from './book/missing.ts'
import type { ThemeAsset } from './book/theme.ts'

/** Where things that are asked for come from. Urls are relative to the site's root. */
export interface Origin {
  readonly document: (url: string) => string | undefined
  /** Absolute path of a chapter's image or data file. */
  readonly file: (url: string) => string | undefined
  readonly asset: (url: string) => ThemeAsset | undefined
  /** Sent to every page that connects. */
  readonly greeting: () => LiveMessage
}

/** What open pages are told; the theme's client understands these. */
export type LiveMessage =
  | { readonly type: 'page'; readonly url: string; readonly html: string }
  | { readonly type: 'reload' }
  | {
      readonly type: 'diagnostics'
      readonly items: readonly { readonly severity: 'error' | 'warning'; readonly text: string }[]
    }

export interface LiveServer {
  readonly url: string
  send(message: LiveMessage): void
  close(): Promise<void>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
}

/** Listens. @throws Error when the port is taken */
export async function serve(
  { port, host }: { readonly port: number; readonly host: string },
  origin: Origin,
): Promise<LiveServer> {
  /** Counts what documents were told to load anew for. Each says which count it was made at: `site/client/reload.ts`. */
  let build = 0
  const server = createServer(async (request, response) => {
    try {
      const { pathname } = urlOf(request)
      const url =
        pathname.slice(1) === '' || pathname.endsWith('/')
          ? `${pathname.slice(1)}index.html`
          : pathname.slice(1)
      await answer(url, origin, build, response)
    } catch (error) {
      send(response, 500, 'text/plain; charset=utf-8', error instanceof Error ? error.message : String(error))
    }
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    const { pathname, searchParams } = urlOf(request)
    if (pathname !== '/__live') return socket.destroy()
    const made = searchParams.get('build')
    const isOld = made !== null && made !== String(build)
    const first: LiveMessage = isOld ? { type: 'reload' } : origin.greeting()
    sockets.handleUpgrade(request, socket, head, client => client.send(JSON.stringify(first)))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/`,
    send: message => {
      if (message.type === 'reload') build++
      broadcast(sockets.clients, message)
    },
    async close() {
      for (const client of sockets.clients) client.terminate()
      sockets.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** What a browser never sends (`//`) is asked for by others. */
function urlOf({ url = '/' }: IncomingMessage): URL {
  const base = 'http://localhost'
  return URL.canParse(url, base) ? new URL(url, base) : new URL(base)
}

function broadcast(clients: ReadonlySet<WebSocket>, message: LiveMessage): void {
  const text = JSON.stringify(message)
  for (const client of clients) client.send(text)
}

async function answer(url: string, origin: Origin, build: number, response: ServerResponse): Promise<void> {
  const type = types[extname(url)] ?? 'application/octet-stream'
  const document = origin.document(url)
  if (document !== undefined) {
    response.setHeader('server-timing', `build;desc="${build}"`)
    return send(response, 200, types['.html'], document)
  }
  const asset = origin.asset(url)
  const path = asset && 'from' in asset ? asset.from : origin.file(url)
  if (asset && 'text' in asset) return send(response, 200, type, asset.text)
  if (path !== undefined) return send(response, 200, type, await readFile(path))
  if (type === types['.html']) send(response, 404, type, missingDocument(url))
  else send(response, 404, 'text/plain; charset=utf-8', `there is no ${url}`)
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-cache' })
  response.end(body)
}
