/** A light DOM for figures: Observable Plot and d3 draw into it. */
import { deflateSync } from 'node:zlib'
import { parseHTML } from 'linkedom'

/** Installs `document` and `window` as globals. */
export async function installDom(): Promise<void> {
  const { window, document } = parseHTML('<!doctype html><html><body></body></html>')
  const create = document.createElement.bind(document)
  document.createElement = ((name: string, ...rest: []) =>
    name === 'canvas' ? withPixels(create(name, ...rest)) : create(name, ...rest)) as typeof create
  Object.assign(globalThis, { document, window, Node: window.Node })
}

type Pixels = Map<string, string>

/** Colour legends paint a ramp of single pixels into a canvas and take its PNG: no more is offered. */
function withPixels(element: HTMLElement): HTMLElement {
  const pixels: Pixels = new Map()
  const context = {
    fillStyle: '',
    fillRect(x: number, y: number, _width: number, _height: number) {
      pixels.set(`${x},${y}`, context.fillStyle)
    },
  }
  const canvas = element as HTMLElement & { width: number; height: number }
  canvas.width = 0
  canvas.height = 0
  return Object.assign(canvas, {
    getContext: () => context,
    toDataURL: () => pngOf(canvas.width, canvas.height, pixels),
  })
}

/** An RGB PNG, filter 0, as a data URL. (PNG specification, third edition) */
function pngOf(width: number, height: number, pixels: Pixels): string {
  const rows: number[] = []
  for (let y = 0; y < height; y++) {
    rows.push(0)
    for (let x = 0; x < width; x++) rows.push(...rgbOf(pixels.get(`${x},${y}`) ?? 'rgb(255, 255, 255)'))
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const png = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Uint8Array.from(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
  return `data:image/png;base64,${png.toString('base64')}`
}

/** `rgb(…)`, `#rrggbb`; d3's colour scales give no others. */
function rgbOf(color: string): number[] {
  const hex = /^#([0-9a-f]{6})$/i.exec(color)?.[1]
  if (hex) return [0, 2, 4].map(i => Number.parseInt(hex.slice(i, i + 2), 16))
  return (color.match(/[\d.]+/g) ?? ['0', '0', '0']).slice(0, 3).map(n => Math.round(Number(n)))
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
