/** Expression + what its symbols are bound to → value. */
import {
  add,
  divide,
  dot,
  hadamard,
  inverse,
  multiply,
  negate,
  outer,
  power,
  subtract,
  transpose,
} from './arithmetic.ts'
import { blockMatrix, elementAt, stack } from './blocks.ts'
import { callValue, isCall } from './callValue.ts'
import { derivativeValue } from './derivative.ts'
import { type BinaryOp, type Case, type Expression, FormulaError } from './expression.ts'
import { absolute, norm } from './functions.ts'
import { bigValue } from './ranges.ts'
import { holds } from './relate.ts'
import { computed, type Scope, textOf } from './scope.ts'
import { symbolValue, unbound, wholeNumber } from './symbolValue.ts'
import { isScalar, scalar, type Value } from './value.ts'

const binary: Readonly<
  Record<BinaryOp, { readonly verb: string; readonly apply: (a: Value, b: Value) => Value }>
> = {
  add: { verb: 'add', apply: add },
  subtract: { verb: 'subtract', apply: subtract },
  multiply: { verb: 'multiply', apply: multiply },
  dot: { verb: 'multiply', apply: dot },
  hadamard: { verb: 'multiply element by element', apply: hadamard },
  outer: { verb: 'multiply', apply: outer },
  divide: { verb: 'divide', apply: divide },
}

/** @throws FormulaError at what cannot be computed */
export function evaluate(e: Expression, scope: Scope): Value {
  const worth = (of: Expression) => evaluate(of, scope)
  const unary = (verb: string, of: Expression, apply: (a: Value) => Value) => {
    const a = worth(of)
    return computed(e, scope, verb, [[of, a]], () => apply(a))
  }
  switch (e.kind) {
    case 'number':
      return scalar(e.value)
    case 'symbol':
      return symbolValue(e, scope)
    case 'negate':
      return negate(worth(e.of))
    case 'binary': {
      const [a, b] = [worth(e.left), worth(e.right)]
      const { verb, apply } = binary[e.op]
      return computed(
        e,
        scope,
        verb,
        [
          [e.left, a],
          [e.right, b],
        ],
        () => apply(a, b),
      )
    }
    case 'power': {
      const [a, b] = [worth(e.base), worth(e.exponent)]
      return computed(
        e,
        scope,
        'raise',
        [
          [e.base, a],
          [e.exponent, b],
        ],
        () => power(a, b, e.elementwise),
      )
    }
    case 'transpose': {
      const a = worth(e.of)
      if (!isScalar(a) || !scope.bindings.has(e.letter))
        return computed(e, scope, 'transpose', [[e.of, a]], () => transpose(a))
      // \gamma^T with T bound: a power.
      return power(
        a,
        symbolValue(
          { kind: 'symbol', name: e.letter, base: e.letter, indices: undefined, span: e.span },
          scope,
        ),
        false,
      )
    }
    case 'inverse':
      return unary('invert', e.of, inverse)
    case 'absolute':
      return unary('take the absolute value of', e.of, absolute)
    case 'norm':
      return unary('take the norm of', e.of, a => norm(a, e.order))
    case 'inner': {
      const [a, b] = [worth(e.left), worth(e.right)]
      return computed(
        e,
        scope,
        'multiply',
        [
          [e.left, a],
          [e.right, b],
        ],
        () => dot(a, b),
      )
    }
    case 'call':
      return callValue(e, scope)
    case 'either':
      if (isCall(e, scope)) return evaluate(e.call, scope)
      if (e.product) return evaluate(e.product, scope)
      throw unbound(e.name, e, scope)
    case 'element': {
      const of = worth(e.of)
      const at = e.indices.map(i => wholeNumber(i, scope))
      return computed(e, scope, 'index', [[e.of, of]], () => elementAt(of, at))
    }
    case 'big':
      return bigValue(e, scope)
    case 'cases':
      return evaluate(chosen(e.cases, e, scope), scope)
    case 'matrix': {
      const rows = e.rows.map(row => row.map(worth))
      const operands = e.rows.flatMap((row, i) => row.map((cell, j) => [cell, rows[i][j]] as const))
      return computed(e, scope, 'put together', operands, () => blockMatrix(rows))
    }
    case 'stack': {
      const parts = e.parts.map(worth)
      return computed(
        e,
        scope,
        'stack',
        e.parts.map((p, i) => [p, parts[i]] as const),
        () => stack(parts),
      )
    }
    case 'derivative':
      return derivativeValue(e, scope)
    default:
      return e satisfies never
  }
}

/** The first case whose condition holds. */
function chosen(cases: readonly Case[], e: Expression, scope: Scope): Expression {
  const found = cases.find(
    ({ condition }) =>
      !condition ||
      condition.relations.every(({ op }, i) =>
        holds(op, evaluate(condition.sides[i], scope), evaluate(condition.sides[i + 1], scope)),
      ),
  )
  if (found) return found.value
  throw new FormulaError(
    `no case of ${textOf(e, scope)} holds here`,
    e.span,
    'Add `& \\text{otherwise}`, or bind other values.',
  )
}
