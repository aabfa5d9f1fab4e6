/**
 * KaTeX's commands that people write: candidates for "Did you mean …?", and a sign of a formula that has lost its marks.
 * KaTeX does not tell its own list.
 */

const groups: readonly string[] = [
  'alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho',
  'sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega',
  'arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max min',
  'Pr sec sin sinh sup tan tanh argmax argmin operatorname operatorname* bmod pmod mod',
  'frac dfrac tfrac cfrac binom dbinom tbinom sqrt sum prod coprod int iint iiint oint bigcup bigcap bigoplus',
  'bigotimes bigvee bigwedge bigodot biguplus nolimits limits substack',
  'le leq leqslant ge geq geqslant ne neq equiv approx cong sim simeq propto in ni notin subset subseteq supset',
  'supseteq prec succ preceq succeq parallel perp mid nmid models vdash dashv ll gg doteq asymp',
  'pm mp times div cdot ast star circ bullet oplus ominus otimes oslash odot cap cup setminus wedge vee land lor lnot',
  'to gets mapsto rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow longrightarrow longleftarrow',
  'Longrightarrow Longleftarrow longmapsto uparrow downarrow updownarrow hookrightarrow hookleftarrow rightharpoonup',
  'rightleftharpoons implies impliedby iff xrightarrow xleftarrow overset underset stackrel',
  'infty partial nabla forall exists nexists emptyset varnothing hbar ell Re Im aleph angle triangle square therefore',
  'because ldots cdots vdots ddots dots prime degree dagger ddagger',
  'mathbb mathbf mathcal mathfrak mathit mathrm mathscr mathsf mathtt boldsymbol bm text textbf textit textrm textsf',
  'texttt hat widehat tilde widetilde bar overline underline vec dot ddot acute grave breve check overbrace underbrace',
  'overrightarrow overleftarrow cancel bcancel xcancel boxed fbox color textcolor colorbox',
  'left right middle big Big bigg Bigg bigl bigr Bigl Bigr langle rangle lfloor rfloor lceil rceil lvert rvert lVert',
  'rVert lbrace rbrace vert Vert backslash',
  'quad qquad hspace hskip kern phantom hphantom vphantom smash rule displaystyle textstyle scriptstyle',
  'scriptscriptstyle begin end verb tag tag* nonumber notag not mathrel mathbin mathop mathop def newcommand hline',
]

export const knownCommands: readonly string[] = groups.flatMap(group => group.split(' '))

/** What LaTeX or its packages have and KaTeX has not, and what to write in its place. */
export const replacements: Readonly<Record<string, string>> = {
  mbox: '\\text{…}',
  textsc: '\\text{…}',
  mathds: '\\mathbb{…}',
  mathbbm: '\\mathbb{…}',
  eqno: '\\tag{…}',
  leqno: '\\tag{…}',
  intertext: 'two formulas, and the text between them',
  abs: '\\lvert x \\rvert',
  norm: '\\lVert x \\rVert',
  dv: '\\frac{dy}{dx}',
  pdv: '\\frac{\\partial y}{\\partial x}',
  dd: '\\mathrm{d}',
  SI: '3\\,\\text{m}',
  qty: '3\\,\\text{m}',
  DeclareMathOperator: '\\operatorname{name}',
  cref: '\\eqref{eq:name}',
  autoref: '\\eqref{eq:name}',
}

/** LaTeX's commands that people carry over into prose, and how to write them. */
export const textCommands: Readonly<Record<string, string>> = {
  label:
    'Write `{#sec-name}` behind a heading, `{#eq-name}` behind a formula, `{#fig-name}` behind an image.',
  autoref: 'Write `@eq-name`.',
  cref: 'Write `@eq-name`.',
  Cref: 'Write `@eq-name`.',
  pageref: 'Write `@sec-name`.',
  cite: 'Write a link, or a footnote.',
  citep: 'Write a link, or a footnote.',
  citet: 'Write a link, or a footnote.',
  footnote: 'Write `[^1]`, and `[^1]: …` in a line of its own.',
  textbf: 'Write `**bold**`.',
  textit: 'Write `*emphasis*`.',
  emph: 'Write `*emphasis*`.',
  texttt: 'Write `` `code` ``.',
  url: 'Write `<https://…>`.',
  href: 'Write `[text](https://…)`.',
  section: 'Write a heading: `## …`.',
  subsection: 'Write a heading: `### …`.',
  includegraphics: 'Write `![what it shows](file.svg)`.',
  caption: 'An image’s caption stands in its brackets: `![caption](file.svg){#fig-name}`.',
}
