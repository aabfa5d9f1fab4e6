/**
 * A second store behind the one on disk, shared by machines: plain GET and PUT over HTTP, as Bazel's remote cache,
 * nginx's WebDAV and S3-compatible stores speak it, at `<url>/ac/<sha-256 of the entry's name>`. It can only help: what it
 * gives is checked, and when it lies, stalls or dies the build goes on without it. [edge: network]
 */
import { createHash } from 'node:crypto'
import { type Cache, isPortable } from './cache.ts'

export interface RemoteOptions {
  readonly url: string
  /** Also store what this build makes. */
  readonly write: boolean
  /** Told once, in words for a person, when the store is given up or gives something false. */
  readonly onTrouble: (message: string) => void
  /** Milliseconds that one answer may take. */
  readonly patience?: number
}

/** Troubles in a row after which the store is left alone. */
const most = 3

/** Reads locally first; fetches and keeps what only the remote store has. */
export function withRemote(
  local: Cache,
  { url, write, onTrouble, patience = 2000 }: RemoteOptions,
): Cache & { readonly flush: () => Promise<void> } {
  const base = url.replace(/\/+$/, '')
  const sending = new Set<Promise<void>>()
  let troubles = 0
  let isGivenUp = false

  const trouble = (reason: string) => {
    troubles++
    if (troubles < most || isGivenUp) return
    isGivenUp = true
    onTrouble(`the remote cache ${base} is left alone for the rest of this run: ${reason}`)
  }
  const ask = async (path: string, init: RequestInit): Promise<Response | undefined> => {
    if (isGivenUp) return undefined
    try {
      const response = await fetch(`${base}/${path}`, { ...init, signal: AbortSignal.timeout(patience) })
      if (response.status >= 500 || response.status === 401 || response.status === 403)
        throw new Error(`it answers ${response.status} ${response.statusText}`)
      troubles = 0
      return response
    } catch (error) {
      trouble(reasonOf(error))
      return undefined
    }
  }
  let hasLied = false
  const fetchEntry = async (kind: string, key: string): Promise<string | undefined> => {
    const response = await ask(pathOf(kind, key), { method: 'GET' })
    if (!response?.ok) {
      await response?.body?.cancel()
      return undefined
    }
    const body = await response.text().catch(error => {
      trouble(reasonOf(error))
      return undefined
    })
    if (body === undefined) return undefined
    const text = opened(body, kind, key)
    if (text === undefined && !hasLied) {
      hasLied = true
      onTrouble(`the remote cache ${base} gave something that is not what was stored; it is not used`)
    }
    return text
  }
  return {
    async read(kind, key) {
      const known = await local.read(kind, key)
      if (known !== undefined || !isPortable(kind) || isGivenUp) return known
      const text = await fetchEntry(kind, key)
      if (text !== undefined) await local.write(kind, key, text)
      return text
    },
    async write(kind, key, text) {
      await local.write(kind, key, text)
      if (!write || !isPortable(kind) || isGivenUp) return
      const sent = ask(pathOf(kind, key), { method: 'PUT', body: sealed(text, kind, key) })
        .then(response => response?.body?.cancel())
        .finally(() => sending.delete(sent))
      sending.add(sent)
    },
    /** Waits for what is still on its way. */
    flush: async () => void (await Promise.all(sending)),
  }
}

function pathOf(kind: string, key: string): string {
  return `ac/${sha256(`${kind}/${key}`)}`
}

/** The text below a line that says what it is and how it hashes. */
function sealed(text: string, kind: string, key: string): string {
  return `unroll 1 ${kind}/${key} ${sha256(text)}\n${text}`
}

/** The opposite; undefined for anything but what `sealed` made for this entry. */
function opened(body: string, kind: string, key: string): string | undefined {
  const end = body.indexOf('\n')
  const text = body.slice(end + 1)
  return end > 0 && body.slice(0, end) === `unroll 1 ${kind}/${key} ${sha256(text)}` ? text : undefined
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'it does not answer in time'
  return error.cause instanceof Error ? error.cause.message : error.message
}
