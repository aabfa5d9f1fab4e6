"""Writes test/golden/rnn.json: what PyTorch's RNN, LSTM and GRU compute, forward and backward, in float64.

python3 scripts/golden/rnn.py [--seed N] [--out FILE], with an interpreter that has PyTorch (1.13 or later).
Run by hand, never by a test. test/golden/README.md explains the format.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
from pathlib import Path
from typing import Any, NamedTuple, Optional

# The plain code path, before torch reads it: a wider vector unit changes the last bits.
os.environ['ATEN_CPU_CAPABILITY'] = 'default'

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

KINDS = ('rnn_tanh', 'rnn_relu', 'lstm', 'gru')
LOSS = 'sum(wy*y) + sum(wh*hn) [+ sum(wc*cn) for lstm] + 0.5*sum(y*y)   (padded y are 0)'


class Case(NamedTuple):
    """One network and the sizes that it is run on. I, H, B, T: inputs, hidden units, sequences, steps."""

    kind: str
    L: int = 1
    bi: bool = False
    lengths: Optional[tuple[int, ...]] = None
    bias: bool = True
    I: int = 2
    H: int = 3
    B: int = 2
    T: int = 3
    truncate: Optional[int] = None
    suffix: str = ''

    @property
    def name(self) -> str:
        parts = [self.kind, f'L{self.L}', 'bi' if self.bi else 'uni', 'packed' if self.lengths else 'fixed']
        return '-'.join(parts + ([] if self.bias else ['nobias']) + ([self.suffix] if self.suffix else []))


def sized(kind: str, **fields: Any) -> Case:
    """A case whose sizes are part of its name."""
    case = Case(kind, **fields)
    return case._replace(suffix=f'I{case.I}H{case.H}B{case.B}T{case.T}')


def rnn_cases() -> list[Case]:
    """Every combination of the options on small sizes, then the sizes at which loops and tiles go wrong."""
    cases = [
        Case(kind, L=L, bi=bi, **shape, **sizes)
        for kind in KINDS
        for L in (1, 2)
        for bi in (False, True)
        for shape in (dict(B=2), dict(B=3, lengths=(2, 3, 1)))
        for sizes in (dict(I=2, H=4 - L), dict(I=3, H=2, bias=False))
    ]
    for kind in KINDS:
        cases += [
            sized(kind, I=1, H=1, B=1, T=1),
            sized(kind, I=3, H=5, B=1, T=1),
            sized(kind, I=7, H=2, B=3, T=2),
            sized(kind, I=1, H=7, B=4, T=4, lengths=(3, 1, 4, 2)),
            # Every sequence is shorter than the array that holds it.
            sized(kind, I=3, H=2, B=3, T=5, lengths=(3, 1, 3), bi=True),
            sized(kind, L=3, I=1, H=1, B=1, T=6),
            sized(kind, L=3, I=1, H=2, B=2, T=3, lengths=(2, 3), bi=True),
        ]
    # Wider than one vector or register tile, with a remainder, at float32 and float64.
    return cases + [
        sized('rnn_tanh', I=1, H=33, B=5, T=2),
        sized('rnn_relu', I=19, H=9, B=5, T=3, lengths=(3, 1, 2, 3, 2)),
        sized('lstm', I=1, H=17, B=5, T=2),
        sized('gru', I=1, H=9, B=5, T=2),
    ]


def truncated_cases() -> list[Case]:
    """Seven steps cut every 3, so that the last piece is short; one step a piece; two layers."""
    return [
        Case(kind, **fields, suffix=f'every{fields["truncate"]}')
        for kind in ('rnn_tanh', 'lstm', 'gru')
        for fields in (dict(T=7, truncate=3), dict(T=3, truncate=1), dict(T=4, truncate=2, L=2, H=2))
    ]


def network(case: Case) -> nn.RNNBase:
    options: dict[str, Any] = dict(
        num_layers=case.L, bias=case.bias, batch_first=True, bidirectional=case.bi, dtype=torch.float64
    )
    if case.kind == 'lstm':
        return nn.LSTM(case.I, case.H, **options)
    if case.kind == 'gru':
        return nn.GRU(case.I, case.H, **options)
    return nn.RNN(case.I, case.H, nonlinearity=case.kind[len('rnn_') :], **options)


def numbers(rng: random.Random, *shape: int, bound: float) -> Tensor:
    """Uniform in ±bound, in 32nds: short to write, and float32 holds them exactly."""
    values = [round((2 * rng.random() - 1) * bound * 32) / 32 for _ in range(torch.Size(shape).numel())]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def record(case: Case, seed: int) -> dict[str, Any]:
    """Draws until every gradient has something in it: a relu that never fires would prove nothing."""
    for attempt in itertools.count():
        # Its name is part of its seed, so that a new case leaves the others as they are.
        fields = drawn(case, random.Random(f'{seed} {case.name} {attempt}'))
        grad = {**fields['grad'], **fields['grad']['weights']}
        del grad['weights']
        if all(g.count_nonzero() for g in grad.values()):
            return fields


def drawn(case: Case, rng: random.Random) -> dict[str, Any]:
    """The fields of a case whose weights and inputs are drawn by chance."""
    net = network(case)
    bound = 1.2 / max(case.H, 3) ** 0.5  # wide networks must not saturate
    weights = {name: numbers(rng, *p.shape, bound=bound) for name, p in net.named_parameters()}
    net.load_state_dict(weights)
    D = 2 if case.bi else 1
    x = numbers(rng, case.B, case.T, case.I, bound=2)
    for b, length in enumerate(case.lengths or ()):
        x[b, length:] = 0
    wy = numbers(rng, case.B, case.T, D * case.H, bound=2)
    states = {}
    for letter in 'hc' if case.kind == 'lstm' else 'h':
        states[f'{letter}0'] = numbers(rng, case.L * D, case.B, case.H, bound=1)
        states[f'w{letter}'] = numbers(rng, case.L * D, case.B, case.H, bound=2)
    return compute(case, net, weights, x, wy, states)


def compute(
    case: Case, net: nn.RNNBase, weights: dict[str, Tensor], x: Tensor, wy: Tensor, states: dict[str, Tensor]
) -> dict[str, Any]:
    """The outputs, the loss and its gradients. `states`: h0 and wh, and c0 and wc of an LSTM."""
    hc = 'hc' if case.kind == 'lstm' else 'h'
    x.requires_grad_()
    first = [states[f'{s}0'].requires_grad_() for s in hc]
    y, last = run(case, net, x, first)
    loss = (wy * y).sum() + 0.5 * (y * y).sum()
    for s, state in zip(hc, last):
        loss = loss + (states[f'w{s}'] * state).sum()
    loss.backward()
    fields = {
        'name': case.name,
        'kind': case.kind,
        'num_layers': case.L,
        'bidirectional': case.bi,
        'bias': case.bias,
        'batch_first': True,
        'input_size': case.I,
        'hidden_size': case.H,
        'batch': case.B,
        'seq_len': case.T,
        'lengths': case.lengths and list(case.lengths),
        **({'truncate': case.truncate} if case.truncate else {}),
        'weights': weights,
        'x': x,
    }
    fields |= {f'{s}0': states[f'{s}0'] for s in hc}
    fields |= {'y': y, **{f'{s}n': state for s, state in zip(hc, last)}}
    fields |= {'wy': wy, **{f'w{s}': states[f'w{s}'] for s in hc}}
    grad = {'weights': {name: p.grad for name, p in net.named_parameters()}, 'x': x.grad}
    grad |= {f'{s}0': state.grad for s, state in zip(hc, first)}
    return {**fields, 'loss': loss.item(), 'grad': grad}


def run(case: Case, net: nn.RNNBase, x: Tensor, first: list[Tensor]) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The output and the last states: h, and c of an LSTM. `truncate` detaches the states between pieces."""

    def forward(piece: Any, states: Any) -> tuple[Any, tuple[Tensor, ...]]:
        if case.kind == 'lstm':
            return net(piece, tuple(states))
        y, h = net(piece, states[0])
        return y, (h,)

    if case.lengths:
        packed = pack_padded_sequence(x, list(case.lengths), batch_first=True, enforce_sorted=False)
        y, last = forward(packed, first)
        return pad_packed_sequence(y, batch_first=True, total_length=case.T)[0], last
    ys = []
    states: Any = first
    for begin in range(0, case.T, case.truncate or case.T):
        states = states if begin == 0 else [s.detach() for s in states]
        y, states = forward(x[:, begin : begin + (case.truncate or case.T)], states)
        ys.append(y)
    return torch.cat(ys, 1), states


def written(value: Any, depth: int = 0) -> str:
    """JSON with one line for each tensor and each number."""
    if isinstance(value, Tensor):
        data = ', '.join(map(digits, value.detach().flatten().tolist()))
        return f'{{"shape": {list(value.shape)}, "data": [{data}]}}'
    pad = '\n' + ' ' * depth
    if isinstance(value, dict):
        lines = (f'{pad} {json.dumps(key)}: {written(item, depth + 1)}' for key, item in value.items())
        return '{' + ','.join(lines) + pad + '}'
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return '[' + ','.join(f'{pad} {written(item, depth + 1)}' for item in value) + pad + ']'
    return digits(value) if isinstance(value, float) else json.dumps(value)


def digits(x: float) -> str:
    """The shortest digits that read back as the same float64."""
    return str(int(x)) if x == int(x) else repr(x)


def main() -> None:
    default = Path(__file__).resolve().parents[2] / 'test/golden/rnn.json'
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--out', type=Path, default=default)
    args = parser.parse_args()
    torch.set_num_threads(1)
    content = {
        'format': 'rnn-parity/1',
        'torch': torch.__version__,
        'seed': args.seed,
        'dtype': 'float64',
        'loss_formula': LOSS,
        'rnn': [record(case, args.seed) for case in rnn_cases()],
        'truncated': [record(case, args.seed) for case in truncated_cases()],
    }
    for key in ('rnn', 'truncated'):
        names = [case['name'] for case in content[key]]
        assert len(set(names)) == len(names), names
    args.out.write_text(written(content) + '\n')
    print(f'{args.out}: {len(content["rnn"])} cases, {len(content["truncated"])} truncated')


if __name__ == '__main__':
    main()
