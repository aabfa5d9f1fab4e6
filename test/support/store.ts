/** An HTTP store of the plain kind: PUT keeps, GET gives. It can also lie, stall and refuse. */
import { createServer } from 'node:http'

export interface Store {
  readonly url: string
  /** What it holds, by path. */
  readonly entries: Map<string, Buffer>
  /** Requests that it has seen: `GET`, `PUT`. */
  readonly asked: string[]
  close(): Promise<void>
}

export type Manner = 'honest' | 'lies' | 'stalls' | 'fails' | 'cuts'

export async function openStore(manner: () => Manner = () => 'honest'): Promise<Store> {
  const entries = new Map<string, Buffer>()
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request
    asked.push(method)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const now = manner()
    if (now === 'stalls') return
    if (now === 'fails') return void response.writeHead(503).end('busy')
    if (method === 'PUT') {
      entries.set(url, Buffer.concat(chunks))
      return void response.writeHead(201).end()
    }
    const body = entries.get(url)
    if (!body) return void response.writeHead(404).end()
    if (now === 'lies')
      return void response.writeHead(200).end(Buffer.from(body.toString().replace(/\d/g, '7')))
    if (now === 'cuts') {
      response.writeHead(200, { 'content-length': body.length })
      response.write(body.subarray(0, 10))
      return void response.destroy()
    }
    response.writeHead(200).end(body)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the store has no port')
  return {
    url: `http://127.0.0.1:${address.port}/cache`,
    entries,
    asked,
    close: () =>
      new Promise(done => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}
