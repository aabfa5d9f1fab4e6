/** LaTeX that KaTeX takes, a line each, by family; and LaTeX that it rejects. What its own tests cover, in our words. */

const lines = (text: TemplateStringsArray, ...quotes: readonly string[]): readonly string[] =>
  String.raw(text, ...quotes)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')

/** Valid within a line and set apart. */
export const valid: Readonly<Record<string, readonly string[]>> = {
  'letters, digits and signs': lines`
    x
    xy
    1234567890
    1{,}234.5
    a + b - c * d
    a / b | c
    \{a, b\}; (c) [d]
    "quoted" \text{@} ?!
    a' b'' c'''
    \alpha \beta \gamma \delta \epsilon \varepsilon \zeta \eta \theta \vartheta
    \iota \kappa \lambda \mu \nu \xi \pi \varpi \rho \varrho \sigma \varsigma
    \tau \upsilon \phi \varphi \chi \psi \omega \digamma
    \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega
    \hbar \ell \wp \Re \Im \aleph \beth \imath \jmath \eth
    \infty \partial \nabla \forall \exists \nexists \emptyset \varnothing \complement
    \angle \triangle \square \blacksquare \bigstar \clubsuit \heartsuit \spadesuit \diamondsuit
    \flat \natural \sharp \degree \prime \backprime \S \P \pounds \yen \copyright
    \# \$ \% \& \_ \lbrace \rbrace \backslash
    \dots \ldots \cdots \vdots \ddots \dotsb \dotsc \dotsi \dotsm \dotso
    \KaTeX \LaTeX \TeX
    α + β = γ, x ∈ ℝ, a ≤ b ≠ c
    A² + B₃`,
  'binary signs': lines`
    a \pm b \mp c \times d \div e
    a \cdot b \ast c \star d \circ e \bullet f
    a \oplus b \ominus c \otimes d \oslash e \odot f
    A \cap B \cup C \setminus D \uplus E \sqcap F \sqcup G
    p \land q \lor r \wedge s \vee t \veebar u
    a \amalg b \wr c \dagger d \ddagger e \intercal f
    a \ltimes b \rtimes c \bowtie d \boxplus e \boxtimes f \circledast g`,
  relations: lines`
    a = b < c > d
    a \le b \leq c \leqslant d \ge e \geq f \geqslant g
    a \ne b \neq c \not= d \not\in e \notin f
    a \equiv b \approx c \cong d \sim e \simeq f \asymp g \doteq h
    a \ll b \gg c \lll d \ggg e \prec f \succ g \preceq h \succeq i
    A \subset B \subseteq C \supset D \supseteq E \subsetneq F \nsubseteq G
    x \in A \ni y \owns z
    a \mid b \nmid c \parallel d \nparallel e \perp f
    p \models q \vdash r \dashv s \Vdash t
    a \propto b \varpropto c \vartriangle d \trianglelefteq e
    a \coloneqq b \eqqcolon c \colonequals d
    a \nless b \ngtr c \nleq d \ngeq e \lneq f \gneq g`,
  arrows: lines`
    a \to b \gets c \mapsto d \longmapsto e
    a \rightarrow b \leftarrow c \leftrightarrow d \longrightarrow e \longleftarrow f
    a \Rightarrow b \Leftarrow c \Leftrightarrow d \Longrightarrow e \Longleftrightarrow f
    a \implies b \impliedby c \iff d
    \uparrow \downarrow \updownarrow \Uparrow \Downarrow \Updownarrow
    \nearrow \searrow \swarrow \nwarrow
    \hookrightarrow \hookleftarrow \rightharpoonup \rightharpoondown \rightleftharpoons
    \twoheadrightarrow \rightarrowtail \rightsquigarrow \leadsto \multimap
    A \xrightarrow{f} B \xleftarrow[g]{h} C \xRightarrow{i} D \xmapsto{j} E
    \overrightarrow{AB} \overleftarrow{CD} \overleftrightarrow{EF} \underrightarrow{GH}
    a \nrightarrow b \nLeftarrow c \circlearrowleft d`,
  scripts: lines`
    x^2
    x_3
    x_2^3
    x^3_2
    x_{i+1}^{j-1}
    x^{x^{x}}
    x_{x_{x_{x}}}
    ^3
    _2
    {}_a^b X_c^d
    x'^2_i
    f''(x) + f^{(n)}(x)
    \sum_{\substack{i<n \\ j<m}} a_{ij}
    10^{-9}
    {x_1}^2`,
  'fractions and roots': lines`
    \frac{a}{b}
    \frac12
    \dfrac{a}{b} + \tfrac{c}{d}
    \cfrac{1}{1+\cfrac{1}{1+x}}
    \frac{\frac{a}{b}}{\frac{c}{d}}
    a \over b
    {a \atop b} {c \choose d} {e \brace f} {g \brack h}
    \binom{n}{k} \dbinom{n}{k} \tbinom{n}{k}
    \genfrac(]{0.06em}{0}{a}{b+c}
    \sqrt{2}
    \sqrt x
    \sqrt[3]{x+y}
    \sqrt{\sqrt{\sqrt{x}}}
    \sqrt{1+\sqrt[n]{\frac{a}{b}}}`,
  'large operators': lines`
    \sum_{i=1}^{n} i
    \prod_{i} a_i \coprod_j b_j
    \int_0^1 f(x)\,dx
    \iint_D \iiint_V \oint_C
    \int\limits_a^b \sum\nolimits_c^d
    \bigcup_i A_i \bigcap_i B_i \bigoplus \bigotimes \bigodot \biguplus
    \bigvee \bigwedge \bigsqcup
    \lim_{n \to \infty} a_n \limsup_n \liminf_n \varlimsup \varliminf
    \max_i x_i \min_j y_j \sup_t \inf_t \det A \gcd(a, b) \Pr[X]
    \sin x \cos y \tan z \cot u \sec v \csc w
    \arcsin x \arccos y \arctan z \sinh u \cosh v \tanh w
    \log x \ln y \lg z \exp t \dim V \ker f \hom \arg z \deg p
    \operatorname{softmax}(z) \operatorname*{argmax}_x f(x)
    \argmin_w L(w) \argmax_w L(w)
    a \bmod b \pmod{n} \pod{m} \mod k
    \mathop{\text{rank}}_k A`,
  'brackets that grow': lines`
    \left( \frac{a}{b} \right)
    \left[ x \right\} \left\{ y \right.
    \left. \frac{d}{dx} \right|_{x=0}
    \left\lvert x \right\rvert \left\lVert y \right\rVert
    \left( a \middle| b \middle/ c \right)
    \left\langle \psi \right\rangle \left\lfloor x \right\rfloor \left\lceil y \right\rceil
    \big( \Big[ \bigg\{ \Bigg|
    \bigl( \bigr) \Bigl[ \Bigr] \biggl\langle \biggr\rangle \Biggl\| \Biggr\|
    \bigm| \Bigm\Vert \biggm/
    \lvert a \rvert \lVert b \rVert |c| \|d\|
    \lgroup x \rgroup \lmoustache y \rmoustache \ulcorner z \urcorner
    \left\uparrow x \right\Downarrow
    \left( \left( \left( x \right) \right) \right)`,
  accents: lines`
    \hat x \tilde y \bar z \vec v \dot a \ddot b \acute c \grave d \breve e \check f \mathring g
    \widehat{abc} \widetilde{abc} \widecheck{abc}
    \overline{a+b} \underline{c+d} \underbar{e}
    \overbrace{a+b}^{n} \underbrace{c+d}_{m}
    \overbracket{x} \underbracket{y}
    \overgroup{AB} \undergroup{CD} \overlinesegment{EF}
    \utilde{x} \underleftarrow{y}
    \overset{a}{b} \underset{c}{d} \stackrel{!}{=} \overset{\text{def}}{=}
    \hat{\mathbf{x}}_t`,
  fonts: lines`
    \mathbb{R} \Bbb{N} \bold{x}
    \mathbf{W} \boldsymbol{\theta} \bm{\alpha} \pmb{x}
    \mathcal{L} \mathscr{F} \mathfrak{g} \frak{h}
    \mathrm{d}x \mathit{ab} \mathsf{T} \mathtt{code} \mathnormal{n}
    \rm a \bf b \it c \sf d \tt e \cal F
    \textbf{bold} \textit{italic} \textrm{roman} \textsf{sans} \texttt{mono} \textnormal{normal} \textup{up}
    \mathbf{\mathrm{a} b} \text{\textbf{a\textit{b}}}`,
  text: lines`
    \text{if } x > 0
    \text{a {b} c}
    \text{if $x > 0$ and $y$}
    \text{if \(x\)}
    \text{a $b + \text{c $d$}$ e}
    \text{${'`'}code${'`'}}
    \text{${'``'}quoted''}
    \text{中文，也行。}
    W_{\text{输入}} + b_{\text{隐藏}}
    \hbox{$x$} \fbox{framed} \boxed{E = mc^2}
    \text{caf\'e na\"ive \c{c} \~n \ss \ae \o}
    \text{50\% of \$5 \& \#1 \_ \{ \}}
    \text{—–-…“”‘’}
    \textcolor{red}{x} \color{blue} y
    \textcolor{#ff8800}{z} \colorbox{yellow}{w} \fcolorbox{red}{white}{v}
    \verb|x_1 & y| + 1`,
  'spaces, boxes and sizes': lines`
    a\,b\:c\;d\!e\ f~g
    a \quad b \qquad c \enspace d \thinspace e \medspace f \thickspace g \negthinspace h
    a \hspace{1em} b \hskip 2em c \kern 3pt d \mkern 4mu e \mskip5mu f
    \phantom{x} \hphantom{y} \vphantom{z} \mathstrut \smash{Q} \smash[b]{g}
    \rule{1em}{2ex} \raisebox{0.5em}{up} \vcenter{x}
    \llap{a} \rlap{b} \clap{c} \mathllap{d} \mathrlap{e} \mathclap{f}
    \tiny a \scriptsize b \small c \normalsize d \large e \Large f \LARGE g \huge h \Huge i
    \displaystyle \sum_i \textstyle \sum_j \scriptstyle k \scriptscriptstyle l
    \mathord{a} \mathbin{b} \mathrel{c} \mathopen{d} \mathclose{e} \mathpunct{f} \mathinner{g}
    \cancel{x} \bcancel{y} \xcancel{z} \text{\sout{w}} \not{v}
    \begingroup a \endgroup {b} \bgroup c \egroup
    \mathchoice{a}{b}{c}{d} \nobreak e \allowbreak f`,
  'rows and columns': lines`
    \begin{matrix} a & b \\ c & d \end{matrix}
    \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix} \begin{bmatrix} x \\ y \end{bmatrix}
    \begin{vmatrix} a & b \\ c & d \end{vmatrix} \begin{Vmatrix} x \end{Vmatrix} \begin{Bmatrix} y \end{Bmatrix}
    \begin{pmatrix*}[r] -1 & 2 \\ 3 & -4 \end{pmatrix*}
    \begin{smallmatrix} a & b \\ c & d \end{smallmatrix}
    \begin{array}{c|cc} a & b & c \\ \hline d & e & f \end{array}
    \begin{array}{l:r} a & b \\ \hdashline c & d \end{array}
    \begin{darray}{rl} \sum_i & x \end{darray}
    \begin{subarray}{l} i < n \\ j < m \end{subarray}
    f(x) = \begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases}
    \begin{dcases} \frac12 \\ x \end{dcases} \begin{rcases} a \\ b \end{rcases} \begin{drcases} c \end{drcases}
    \begin{aligned} a &= b \\ &= c \end{aligned}
    \begin{alignedat}{2} a &= b & \quad c &= d \\ e &= f \end{alignedat}
    \begin{gathered} a = b \\ c = d + e \end{gathered}
    \begin{matrix} a \\[2ex] b \cr c \end{matrix}
    \begin{pmatrix} \begin{matrix} a \end{matrix} & b \end{pmatrix}
    \def\arraystretch{1.5} \begin{array}{c} a \\ b \end{array}
    \substack{a \\ b}`,
  macros: lines`
    \def\f#1{#1^2} \f x + \f{y}
    \newcommand{\vectors}{\mathbb{R}^n} \vectors
    \newcommand\norm[1]{\lVert #1 \rVert} \norm{x}
    \renewcommand{\vec}[1]{\mathbf{#1}} \vec{x}
    \let\e=\epsilon \e
    \gdef\a{b} \a
    \def\a#1#2{#2#1} \a xy
    \edef\b{c} \b
    \newcommand{\x}{y} \text{\x}
    \providecommand{\z}{w} \z`,
}

/** Valid only set apart. */
export const displayed: readonly string[] = lines`
  \begin{align} a &= b \\ c &= d \end{align}
  \begin{align*} a &= b \\ c &= d \end{align*}
  \begin{alignat}{2} a &= b & c &= d \\ e &= f \end{alignat}
  \begin{alignat*}{1} a &= b \end{alignat*}
  \begin{gather} a = b \\ c = d \end{gather}
  \begin{gather*} a = b \end{gather*}
  \begin{equation} a = b \end{equation}
  \begin{equation*} a = b \end{equation*}
  \begin{equation} \begin{split} a &= b \\ &= c \end{split} \end{equation}
  \begin{split} a &= b \\ &= c \end{split}
  \begin{CD} A @>a>> B \\ @VbVV @AAcA \\ C @= D \end{CD}
  \begin{align} a &= b \tag{1} \\ c &= d \notag \\ e &= f \nonumber \end{align}
  x + y \tag{3.1}
  x + y \tag*{*}`

/** Rejected, within a line and set apart. */
export const rejected: readonly string[] = lines`
  \tahn x
  \frac{1
  \frac
  \frac1
  x^
  x_
  x^2^3
  x_1_2
  x''^'
  {x
  x}
  \left( x
  x \right)
  \left( x \right
  \left x \right)
  \left< x \middle
  \middle| x
  \bigl x
  \begin{matrix} a
  a \end{matrix}
  \begin{matrix} a \end{pmatrix}
  \begin{nothing} a \end{nothing}
  \begin{array}{x} a \end{array}
  \begin{cases*} a \end{cases*}
  \begin{matrix} a & b
  \begin{pmatrix*}[x] a \end{pmatrix*}
  \hline
  \sqrt
  \sqrt[3
  \sqrt[3]
  \text
  \text{a
  \text{\frac12}
  \text{a^b}
  \text{$}
  \mathbb
  \mathbf{x
  \operatorname
  \overset{a}
  \underset{b}
  \stackrel
  \binom{a}
  a \over b \over c
  a \choose b \over c
  \limits_a
  x \limits^2
  \kern
  \kern 1
  \kern 1xx
  \rule{1em}
  \rule{1em}{x}
  \hspace{3}
  \textcolor{red}
  \textcolor{#12}{x}
  \color{#zzz} x
  \genfrac(]{x}{0}{a}{b}
  \raisebox{x}{y}
  \def
  \def\a
  \def\a#2{x}
  \newcommand{\alpha}{x}
  \renewcommand{\nothingyet}{x}
  \newcommand\f[2]{#1#2} \f{x}
  \def\f#1{#1} \f
  \global x
  \long x
  \verb|x
  \verb
  \char
  \char"G
  \@nothing
  \cfrac{1}
  \xrightarrow
  \mathchoice{a}{b}
  \substack
  \hat
  \overline
  \phantom
  \begingroup x
  x \endgroup
  \bgroup x
  \begin{align} a &= b \\ c
  \cancel
  \fbox
  \pmod
  \bmod{
  \mathrm{\text{}
  &
  a & b
  \nonumberx
  \endgroup
  \limits
  \mbox{x}
  \unicode{x}
  \require{cancel}
  \mathds{1}`
