/** The few words that pages bring along, by language. */
import type { CalloutKind } from '../source/markdown/containers.ts'

export interface Words {
  readonly fig: string
  readonly tbl: string
  readonly eq: string
  readonly code: string
  readonly diagram: string
  readonly anchor: string
  readonly backToText: string
  readonly footnotes: string
  readonly task: string
  /** What stands beside a formula that was computed. */
  readonly verified: (bindings: number, deviation: string) => string
  readonly refuted: string
  /** Summary of a folded cell that verifies. */
  readonly verification: string
  readonly callouts: Readonly<Record<CalloutKind, string>>
}

const chinese: Words = {
  fig: '图',
  tbl: '表',
  eq: '式',
  code: '代码',
  diagram: '示意图',
  anchor: '本节链接',
  backToText: '回到正文',
  footnotes: '脚注',
  task: '任务',
  verified: (n, deviation) => `已用 ${n} 组数值验证，最大相对偏差 ${deviation}`,
  refuted: '已被数值否定',
  verification: '验证',
  callouts: {
    note: '说明',
    tip: '提示',
    warning: '注意',
    important: '重要',
    caution: '小心',
    info: '信息',
    danger: '危险',
    details: '详情',
    exercise: '练习',
    proof: '证明',
  },
}

const english: Words = {
  fig: 'Figure',
  tbl: 'Table',
  eq: 'Eq.',
  code: 'Code',
  diagram: 'Diagram',
  anchor: 'Link to this section',
  backToText: 'Back to the text',
  footnotes: 'Footnotes',
  task: 'Task',
  verified: (n, deviation) =>
    `verified with ${n} ${n === 1 ? 'set' : 'sets'} of values, largest relative deviation ${deviation}`,
  refuted: 'refuted by numbers',
  verification: 'Verification of',
  callouts: {
    note: 'Note',
    tip: 'Tip',
    warning: 'Warning',
    important: 'Important',
    caution: 'Caution',
    info: 'Information',
    danger: 'Danger',
    details: 'Details',
    exercise: 'Exercise',
    proof: 'Proof',
  },
}

/** Words of a language (BCP 47); English where there are none. */
export function wordsOf(lang: string): Words {
  return /^zh\b/i.test(lang) ? chinese : english
}
