/** Dates as front matter of many tools writes them → `2026-02-05` or `2026-02-05T09:30`; what is none of the calendar is none. */

export type ReadDate = { readonly date: string } | { readonly help: string }

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** Abbreviations of zones that people write; which one `CST` is does not matter, see below. */
const zones =
  'Z|z|UTC|GMT|CET|CEST|EET|EEST|BST|IST|MSK|CST|CDT|EST|EDT|MST|MDT|PST|PDT|JST|KST|HKT|SGT|AEST|AEDT'

const time = String.raw`(?:(?:\s*,?\s+|[Tt])(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?(?:\s*([AaPp])\.?[Mm]\.?)?(?:\s*((?:${zones})?(?:[+-]\d{1,2}(?::?\d{2})?)?))?(?:\s*\([^)]*\))?)?`
const weekday = '(?:[A-Z][a-z]{2,8},?\\s+)?'

/** Each form names year, month (a number or a word) and day by their groups. */
const forms = [
  new RegExp(String.raw`^(?<y>\d{4})([-/.])(?<m>\d{1,2})\2(?<d>\d{1,2})${time}$`),
  new RegExp(String.raw`^(?<y>\d{4})\s*年\s*(?<m>\d{1,2})\s*月\s*(?<d>\d{1,2})\s*日${time}$`),
  new RegExp(
    String.raw`^${weekday}(?<m>[A-Za-z]{3,9})\.?\s+(?<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<y>\d{4})${time}$`,
  ),
  new RegExp(
    String.raw`^${weekday}(?<d>\d{1,2})(?:st|nd|rd|th)?\s+(?<m>[A-Za-z]{3,9})\.?,?\s+(?<y>\d{4})${time}$`,
  ),
]

/** A day of the calendar, with its time of day if one is written. A time zone is checked, and left out: a page says the author's own day. */
export function readDate(text: string): ReadDate {
  for (const form of forms) {
    const match = form.exec(text.trim())
    if (!match?.groups) continue
    const [hour, minute, second, half, zone] = match.slice(-5)
    const { y, m, d } = match.groups
    return checked(y, m, d, { hour, minute, second, half, zone })
  }
  return { help: guess(text.trim()) ?? 'Write year, month and day: 2026-02-05.' }
}

interface Time {
  readonly hour?: string
  readonly minute?: string
  readonly second?: string
  readonly half?: string
  readonly zone?: string
}

function checked(year: string, monthText: string, dayText: string, time: Time): ReadDate {
  const month = /^\d/.test(monthText) ? Number(monthText) : monthNumber(monthText)
  const day = Number(dayText)
  if (month < 1 || month > 12) return { help: `There is no month ${monthText}.` }
  const last = new Date(Date.UTC(Number(year), month, 0)).getUTCDate()
  if (day < 1 || day > last) return { help: `${months[month - 1]} ${year} has ${last} days.` }
  const date = [year, pad(month), pad(day)].join('-')
  const { minute, second, half, zone } = time
  if (time.hour === undefined || minute === undefined) return { date }
  const [, zoneHours, zoneMinutes] = /[+-](\d{1,2}):?(\d{2})?$/.exec(zone ?? '') ?? []
  if (Number(zoneHours ?? 0) > 14 || Number(zoneMinutes ?? 0) > 59)
    return { help: `There is no time zone ${zone}.` }
  const hour = half ? (Number(time.hour) % 12) + (/p/i.test(half) ? 12 : 0) : Number(time.hour)
  const isTime =
    hour < 24 && Number(minute) < 60 && Number(second ?? 0) < 60 && !(half && Number(time.hour) > 12)
  if (!isTime) return { help: 'Times go from 00:00:00 to 23:59:59.' }
  return {
    date: `${date}T${pad(hour)}:${pad(Number(minute))}${second === undefined ? '' : `:${pad(Number(second))}`}`,
  }
}

const pad = (n: number) => String(n).padStart(2, '0')

/** From 1; 0 for what is no month. */
function monthNumber(name: string): number {
  const short = name.toLowerCase()
  return (
    months.findIndex(
      m =>
        m.toLowerCase() === short ||
        m.slice(0, 3).toLowerCase() === short ||
        (short === 'sept' && m === 'September'),
    ) + 1
  )
}

/** What somebody meant who wrote `07/13/2013`, `20130713` or `2013-07`. */
function guess(text: string): string | undefined {
  const [, compact] = /^(\d{8})$/.exec(text) ?? []
  if (compact) return `Did you mean ${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6)}?`
  const [, year, month] = /^(\d{4})(?:[-/.](\d{1,2}))?$/.exec(text) ?? []
  if (year) return `Name the day, too: ${year}-${pad(Number(month ?? 1))}-01.`
  const [, a, b, end] = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})/.exec(text) ?? []
  if (!end) return undefined
  const ways = [
    [a, b],
    [b, a],
  ]
    .filter(([m]) => Number(m) <= 12)
    .map(([m, d]) => `${end}-${pad(Number(m))}-${pad(Number(d))}`)
  return ways.length > 0 ? `Did you mean ${[...new Set(ways)].join(' or ')}?` : undefined
}
