"""Finds the environment in which PyTorch is fastest here, before it is timed.

Debian's OpenBLAS may take a processor for a much older one, and what stands in for libblas may be the slow
reference library. Both are decided when the library is loaded, so each candidate gets a process of its own.
"""

from __future__ import annotations

import ctypes
import glob
import json
import os
import re
import subprocess
import sys
import time
from typing import Any, Callable, Iterable, Optional

#: A variable's value, or None for a variable that must not be set.
Setting = dict[str, Optional[str]]

VARIABLES = LIBRARY, CORE, VECTOR = 'LD_LIBRARY_PATH', 'OPENBLAS_CORETYPE', 'ATEN_CPU_CAPABILITY'


def fastest_setting(probe: list[str], folders: Iterable[str]) -> tuple[Setting, list[dict[str, Any]]]:
    """One choice after the other: the library, the processor it believes in, PyTorch's own vector width.

    `probe` is the command that prints `measure()`; `folders` may hold another libblas.so.3.
    """
    tried: list[dict[str, Any]] = []

    def best(settings: Iterable[Setting], by: str) -> tuple[Setting, dict[str, Any]]:
        runs = []
        for setting in settings:
            known = next((t for t in tried if t['setting'] == setting), None)
            report = known or {'setting': setting, **run_probe(probe, setting)}
            if not known:
                tried.append(report)
            if by in report:
                runs.append(report)
        if not runs:
            raise RuntimeError(f'PyTorch does not run: {tried[-1]["error"]}')
        # The earlier stays unless a later one is faster by more than the noise.
        fastest = runs[0]
        for report in runs[1:]:
            fastest = report if report[by] < fastest[by] * 0.97 else fastest
        return fastest['setting'], fastest

    preset = os.environ.get(LIBRARY)
    # OpenMP's comes first, by name: it shares PyTorch's threads, where two pools would fight for the cores.
    debian = glob.glob('/usr/lib/*/openblas-*/libblas.so.3')
    paths = [preset] + [
        ':'.join(filter(None, (folder, preset)))
        for folder in dict.fromkeys([*folders, *sorted(os.path.dirname(path) for path in debian)])
    ]
    base: Setting = {CORE: os.environ.get(CORE), VECTOR: os.environ.get(VECTOR)}
    setting, report = best(({**base, LIBRARY: path} for path in paths), 'productMs')
    if report['blas'].startswith('OpenBLAS'):
        setting, _ = best(({**setting, CORE: core} for core in choices(CORE)), 'productMs')
    setting, _ = best(({**setting, VECTOR: width} for width in choices(VECTOR)), 'pointwiseMs')
    return setting, tried


def choices(variable: str) -> list[Optional[str]]:
    """What this processor can run. What is set already is one candidate, and nothing another."""
    _, flags = processor()
    wide, narrow = 'avx512f' in flags, 'avx2' in flags
    fitting = {
        CORE: ['SkylakeX'] * wide + ['Haswell', 'Zen'] * narrow,
        VECTOR: ['avx512'] * wide + ['avx2'] * narrow,
    }
    return list(dict.fromkeys([os.environ.get(variable), None, *fitting[variable]]))


def processor() -> tuple[str, frozenset[str]]:
    """Its name and what it can do, where Linux tells."""
    try:
        with open('/proc/cpuinfo') as file:
            text = file.read()
    except OSError:
        return 'unknown', frozenset()
    name = re.search(r'^model name\s*:\s*(.*)$', text, re.M)
    flags = re.search(r'^flags\s*:\s*(.*)$', text, re.M)
    return name.group(1) if name else 'unknown', frozenset(flags.group(1).split() if flags else ())


def environment(setting: Setting) -> dict[str, str]:
    env = {**os.environ, **{name: value for name, value in setting.items() if value is not None}}
    for name, value in setting.items():
        if value is None:
            env.pop(name, None)
    return env


def run_probe(probe: list[str], setting: Setting) -> dict[str, Any]:
    done = subprocess.run(probe, env=environment(setting), capture_output=True, text=True)
    if done.returncode == 0:
        return json.loads(done.stdout)
    said = done.stderr.strip().splitlines()
    return {'error': said[-1] if said else f'exit code {done.returncode}'}


def measure() -> dict[str, Any]:
    """Milliseconds, on one thread, of the products of a step and of what stands between them."""
    import torch

    torch.set_num_threads(1)
    set_blas_threads(1)
    pairs = [(torch.randn(B, H), torch.randn(H, 4 * H)) for B, H in ((16, 32), (32, 128), (64, 256))]
    gates = torch.randn(64, 1024)

    def best(work: Callable[[], object], seconds: float) -> float:
        taken, end = [], time.perf_counter() + seconds
        work()
        while len(taken) < 3 or time.perf_counter() < end:
            began = time.perf_counter()
            work()
            taken.append(time.perf_counter() - began)
        return round(min(taken) * 1000, 4)

    product = best(lambda: [a @ b for a, b in pairs], 0.3)
    pointwise = best(lambda: gates.tanh().sigmoid(), 0.1)
    return {'productMs': product, 'pointwiseMs': pointwise, 'blas': blas_name()}


def blas_name() -> str:
    """The library that is loaded, and what it takes the processor for. Call it after a product."""
    import torch

    if torch.backends.mkl.is_available():
        return 'MKL'
    for library in loaded_blas():
        try:
            config, core = library.openblas_get_config, library.openblas_get_corename
        except AttributeError:
            continue
        config.restype = core.restype = ctypes.c_char_p
        version = ' '.join(config().decode().split()[:2])
        kind = {0: 'sequential', 1: 'pthreads', 2: 'OpenMP'}[library.openblas_get_parallel()]
        return f'{version} as {core().decode()}, {kind}'
    names = [os.path.basename(library._name) for library in loaded_blas()]
    return f'{", ".join(names)}: not OpenBLAS' if names else 'unknown'


def set_blas_threads(count: int) -> None:
    """torch.set_num_threads does not reach an OpenBLAS with threads of its own."""
    for library in loaded_blas():
        if hasattr(library, 'openblas_set_num_threads'):
            library.openblas_set_num_threads(count)


def loaded_blas() -> list[ctypes.CDLL]:
    try:
        with open('/proc/self/maps') as file:
            paths = {line.split()[-1] for line in file if re.search(r'/lib[^/]*(blas|blis)[^/]*\.so', line)}
    except OSError:
        return []
    return [ctypes.CDLL(path) for path in sorted(paths)]


if __name__ == '__main__':
    sys.stdout.write(json.dumps(measure()) + '\n')
