"""Makes test/golden/ctc.json from PyTorch's CTCLoss: python3 scripts/golden/ctc.py. Never run in CI."""
import json
from pathlib import Path

import torch
from torch.nn.functional import ctc_loss, log_softmax

torch.manual_seed(1)


def draw(*shape, scale=1.0):
    return scale * torch.randn(*shape, dtype=torch.float64)


# Logits are (B, T, K), or (T, K) for the single sequence; `lengths` null means all T.
variants = [
    dict(variant="plain", logits=draw(3, 5, 4), targets=[[1, 2, 3], [2], [3, 1]], lengths=None),
    dict(variant="repeats and lengths", logits=draw(3, 6, 3), targets=[[1, 1, 2], [2, 2], [1]], lengths=[6, 4, 1]),
    dict(variant="no labels, blank last", logits=draw(3, 4, 3), targets=[[0, 1], [], [1, 1]], lengths=[4, 4, 3], blank=2),
    dict(variant="zero_infinity", logits=draw(3, 3, 3), targets=[[1, 1, 2], [1, 1], [2, 1]], lengths=[3, 3, 1], zero_infinity=True),
    dict(variant="logits near ±500", logits=draw(2, 4, 3, scale=300.0), targets=[[1, 2], [2, 2]], lengths=None),
    dict(variant="single", logits=draw(5, 3), targets=[2, 2, 1], lengths=None),
]


def tensor(x):
    return {"shape": list(x.shape), "data": x.flatten().tolist()}


def run(reduction, variant, logits, targets, lengths, blank=0, zero_infinity=False):
    single = logits.dim() == 2
    lists = [targets] if single else targets
    z = logits.clone().requires_grad_(True)
    log_p = log_softmax(z, dim=-1)
    value = ctc_loss(
        (log_p.unsqueeze(0) if single else log_p).transpose(0, 1),
        torch.tensor([label for labels in lists for label in labels]),
        torch.tensor(lengths or [logits.shape[-2]] * len(lists)),
        torch.tensor([len(labels) for labels in lists]),
        blank=blank,
        reduction=reduction,
        zero_infinity=zero_infinity,
    )
    if single:
        value = value.reshape(())
    value.sum().backward()
    return dict(variant=variant, reduction=reduction, blank=blank, zero_infinity=zero_infinity, logits=tensor(logits),
                targets=targets, lengths=lengths, value=tensor(value.detach()), grad=tensor(z.grad))


cases = [run(reduction, **variant) for variant in variants for reduction in ["none", "sum", "mean"]]
lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
file = Path(__file__).resolve().parents[2] / "test/golden/ctc.json"
file.write_text(f'{{\n "torch": "{torch.__version__}",\n "dtype": "float64",\n "ctc": [\n{lines}\n ]\n}}\n', encoding="utf-8")
