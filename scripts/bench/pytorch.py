"""Times PyTorch's RNN, LSTM and GRU on the CPU for our bench: a job in, one line of JSON out for each result.

  pytorch.py '{"seconds": 0.5}'      the job as an argument
  echo '{"seconds": 0.5}' | pytorch.py -      or on standard input

A job's fields and their defaults:
  points       [[16, 1, 50], [32, 16, 50], [64, 32, 100], [128, 32, 100], [256, 64, 100], [512, 64, 100]]
               hidden units, sequences, steps
  input        32
  kinds        ["RNN", "LSTM", "GRU"], RNN with tanh
  measures     ["forward", "train"]: without gradients; or forward, backward to the parameters, and Adam
  threads      [1, 2]
  seconds      1.5, for each kind, point, measure, number of threads and round, after the warm-up
  repetitions  3, at least
  rounds       1: how often all of it is done, one round after another
  waits        false; or true: each result waits for a line on standard input, so that others can be timed in
               turns. The job is then an argument; the end of standard input is the end.
  blas         []: more folders in which to look for a libblas.so.3
  setting      null: find the fastest, in about ten seconds; or the `setting` of an earlier environment line

The first line has type "environment": versions, library, processor, the chosen `setting` and what else was
tried; and a `warning` where PyTorch cannot be fast. Each other line has type "result": times in ms, and
`variant`: which way of calling PyTorch was the fastest here and so was taken.

`check` is for comparing before timing: `loss` = sum(dOutput * output), and `gradientNorm`, the length of its
gradient by all parameters, in float32. Value i of tensor k (the parameters in order from k = 0, then
x, then dOutput, both [step, sequence, unit]) is scale * (2 u - 1), where scale is 1 / sqrt(hidden) for
parameters and 1 for the others, and u = (((i + 1) * 2654435761 + k * 1013904223) mod 2**32) / 2**32.

Exit codes: 2 for a wrong job, 3 when this interpreter has no PyTorch that runs.
"""

from __future__ import annotations

import argparse
import functools
import gc
import importlib.util
import json
import os
import platform
import re
import statistics
import sys
import time
from typing import Any, Callable, Iterator, NamedTuple, NoReturn

sys.dont_write_bytecode = True

import tune

DEFAULTS: dict[str, Any] = {
    'points': [[16, 1, 50], [32, 16, 50], [64, 32, 100], [128, 32, 100], [256, 64, 100], [512, 64, 100]],
    'input': 32,
    'kinds': ['RNN', 'LSTM', 'GRU'],
    'measures': ['forward', 'train'],
    'threads': [1, 2],
    'seconds': 1.5,
    'repetitions': 3,
    'rounds': 1,
    'waits': False,
    'blas': [],
    'setting': None,
}
CHECKS: dict[str, Callable[[Any], bool]] = {
    'points': lambda given: all(len(point) == 3 and all(map(is_count, point)) for point in given),
    'input': lambda given: is_count(given),
    'kinds': lambda given: set(given) <= set(DEFAULTS['kinds']),
    'measures': lambda given: set(given) <= set(DEFAULTS['measures']),
    'threads': lambda given: all(map(is_count, given)),
    'seconds': lambda given: isinstance(given, (int, float)) and given >= 0,
    'repetitions': lambda given: is_count(given),
    'rounds': lambda given: is_count(given),
    'waits': lambda given: isinstance(given, bool),
    'blas': lambda given: isinstance(given, list) and all(isinstance(folder, str) for folder in given),
    'setting': lambda given: given is None or isinstance(given, dict) and set(given) <= set(tune.VARIABLES),
}
#: Carries the setting across the restart that it needs.
RESTARTED = 'UNROLL_PYTORCH_BENCH'


class Point(NamedTuple):
    """What is timed. I, H, B, T: inputs, hidden units, sequences, steps."""

    kind: str
    measure: str
    I: int
    H: int
    B: int
    T: int


class Variant(NamedTuple):
    """A way of calling PyTorch that leaves the result the same."""

    layout: str
    adam: str
    mkldnn: bool
    blas_threads: int


def main() -> None:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument('job', nargs='?', default='{}', help='JSON, or - for standard input; {} if absent')
    text = parser.parse_args().job
    job = read_job(sys.stdin.read() if text == '-' else text)
    if not importlib.util.find_spec('torch'):
        stop(3, f'PyTorch is not installed for {sys.executable}')
    if RESTARTED not in os.environ:
        restart(job)
    tuned = json.loads(os.environ[RESTARTED])

    import torch

    # Before there are threads: they inherit it.
    flushes = torch.set_flush_denormal(True)
    torch.zeros(8, 8) @ torch.zeros(8, 8)
    say({'type': 'environment', **describe(), 'flushDenormal': flushes, **tuned})
    for point, threads in turns(job):
        if job['waits'] and sys.stdin.readline() == '':
            return
        say({'type': 'result', **result(point, threads, job['seconds'], job['repetitions'])})


def turns(job: dict[str, Any]) -> Iterator[tuple[Point, int]]:
    for _ in range(job['rounds']):
        for H, B, T in job['points']:
            for kind in job['kinds']:
                for measure in job['measures']:
                    for threads in job['threads']:
                        yield Point(kind, measure, job['input'], H, B, T), threads


def read_job(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except ValueError as error:
        stop(2, f'the job is not JSON: {error}')
    if not isinstance(given, dict):
        stop(2, f'expected the job to be an object, got {text}')
    for key in given:
        if key not in DEFAULTS:
            stop(2, f'unknown field: {key}, expected one of {", ".join(DEFAULTS)}')
    job = {**DEFAULTS, **given}
    for key, fits in CHECKS.items():
        try:
            fit = fits(job[key])
        except TypeError:
            fit = False
        if not fit:
            stop(2, f'unexpected {key}: {json.dumps(job[key])}')
    return job


def stop(code: int, message: str) -> NoReturn:
    sys.stderr.write(f'{message}\n')
    sys.exit(code)


def is_count(given: Any) -> bool:
    return isinstance(given, int) and given >= 1


def say(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


def restart(job: dict[str, Any]) -> None:
    """Starts this script anew in the setting that PyTorch is fastest in."""
    setting, tried = job['setting'], []
    if setting is None:
        try:
            setting, tried = tune.fastest_setting([sys.executable, tune.__file__], job['blas'])
        except RuntimeError as error:
            stop(3, str(error))
    env = tune.environment(setting)
    env[RESTARTED] = json.dumps({'setting': setting, 'tried': tried})
    os.execve(sys.executable, [sys.executable, __file__, json.dumps(job)], env)


def describe() -> dict[str, Any]:
    """What a reader of the numbers must know."""
    import torch

    blas = tune.blas_name()
    capability = re.search(r'CPU capability usage: (\w+)', torch.__config__.show())
    fields = {
        'torch': torch.__version__,
        'python': platform.python_version(),
        'cpu': tune.processor()[0],
        'cores': os.cpu_count(),
        'blas': blas,
        'cpuCapability': capability.group(1) if capability else 'unknown',
        'mkldnn': torch.backends.mkldnn.is_available(),
        'parallel': ' '.join(torch.__config__.parallel_info().split()),
    }
    if 'not OpenBLAS' in blas:
        fields['warning'] = 'PyTorch is slow without OpenBLAS: apt-get install libopenblas0-openmp'
    return fields


def result(point: Point, threads: int, seconds: float, least: int) -> dict[str, Any]:
    import torch

    torch.set_num_threads(threads)
    variant = fastest_variant(point, threads, seconds / 10)
    taken = timed(point, variant, seconds, least)
    return {
        'kind': point.kind,
        'hidden': point.H,
        'batch': point.B,
        'steps': point.T,
        'input': point.I,
        'measure': point.measure,
        'threads': threads,
        'bestMs': round(min(taken), 5),
        'medianMs': round(statistics.median(taken), 5),
        'repetitions': len(taken),
        'variant': {
            'layout': variant.layout,
            **({'adam': variant.adam} if point.measure == 'train' else {}),
            'mkldnn': variant.mkldnn,
            'blasThreads': variant.blas_threads,
        },
        'check': check(point),
    }


@functools.cache
def fastest_variant(point: Point, threads: int, seconds: float) -> Variant:
    """Chooses one field after the other, each by the best of a few runs."""
    import torch

    choices: dict[str, list[Any]] = {'layout': ['time', 'batch']}
    if point.measure == 'train':
        choices['adam'] = adams()
    if torch.backends.mkldnn.is_available():
        choices['mkldnn'] = [True, False]
    if threads > 1:
        choices['blas_threads'] = [threads, 1]
    best = Variant(layout='time', adam=adams()[0], mkldnn='mkldnn' in choices, blas_threads=threads)
    shortest = min(timed(point, best, seconds, 1))
    for field, values in choices.items():
        for value in values[1:]:
            variant = best._replace(**{field: value})
            taken = min(timed(point, variant, seconds, 1))
            if taken < shortest:
                best, shortest = variant, taken
    return best


def adams() -> list[str]:
    """The implementations of Adam that this PyTorch has on a CPU."""
    import torch

    found = []
    for name in ('foreach', 'fused', 'loop'):
        parameter = torch.nn.Parameter(torch.zeros(1))
        parameter.grad = torch.ones(1)
        try:
            adam_of(name, [parameter]).step()
            found.append(name)
        except (TypeError, RuntimeError):  # older versions know neither, or have fused on a GPU alone
            pass
    return found


def adam_of(name: str, parameters: list[Any]) -> Any:
    import torch

    options = {'foreach': {'foreach': True}, 'fused': {'fused': True}, 'loop': {'foreach': False}}[name]
    # So small a rate that weights stay where they are however often it runs: the arithmetic is the same.
    return torch.optim.Adam(parameters, lr=1e-6, **options)


def timed(point: Point, variant: Variant, seconds: float, least: int) -> list[float]:
    """Milliseconds of each repetition, after a warm-up."""
    import torch

    tune.set_blas_threads(variant.blas_threads)
    with torch.backends.mkldnn.flags(enabled=variant.mkldnn):
        step = step_of(point, variant)
        step()
        taken: list[float] = []
        gc.collect()
        gc.disable()
        end = time.perf_counter() + seconds
        while len(taken) < least or time.perf_counter() < end:
            began = time.perf_counter()
            step()
            taken.append((time.perf_counter() - began) * 1000)
        gc.enable()
    return taken


def step_of(point: Point, variant: Variant) -> Callable[[], object]:
    import torch

    net, x, d_output = filled(point, variant.layout)

    def forward() -> None:
        with torch.no_grad():
            net(x)

    if point.measure == 'forward':
        return forward
    adam = adam_of(variant.adam, list(net.parameters()))

    def train() -> None:
        adam.zero_grad(set_to_none=True)
        # The gradient of sum(d_output * output), without the sum.
        net(x)[0].backward(d_output)
        adam.step()

    return train


def filled(point: Point, layout: str) -> tuple[Any, Any, Any]:
    """A network, x and dOutput, with the values that the head of this file says."""
    import torch

    def values(k: int, scale: float, *shape: int) -> Any:
        i = torch.arange(1, torch.Size(shape).numel() + 1, dtype=torch.int64)
        u = ((i * 2654435761 + k * 1013904223) % 2**32).double() / 2**32
        return (scale * (2 * u - 1)).float().reshape(shape)

    net = getattr(torch.nn, point.kind)(point.I, point.H, batch_first=layout == 'batch')
    parameters = list(net.parameters())
    with torch.no_grad():
        for k, parameter in enumerate(parameters):
            parameter.copy_(values(k, point.H**-0.5, *parameter.shape))
    x = values(len(parameters), 1, point.T, point.B, point.I)
    d_output = values(len(parameters) + 1, 1, point.T, point.B, point.H)
    if layout == 'batch':
        x, d_output = (tensor.transpose(0, 1).contiguous() for tensor in (x, d_output))
    return net, x, d_output


@functools.cache
def check(point: Point) -> dict[str, float]:
    import torch

    net, x, d_output = filled(point, 'time')
    output = net(x)[0]
    found = {'loss': (output.double() * d_output.double()).sum().item()}
    if point.measure == 'train':
        output.backward(d_output)
        squares = sum(parameter.grad.double().square().sum() for parameter in net.parameters())
        found['gradientNorm'] = torch.sqrt(squares).item()
    return found


if __name__ == '__main__':
    main()
