"""Which planner: the same labels and documents, trained in the same way, with one thing changed at a time.

    python planner_ablation.py --config … --data plan.npz --embeddings plan.npy --labels labels/ --valid valid.npz --valid-embeddings valid.npy [--variants …]

Prints for each variant cross-entropy, accuracy and calibration of the next unit's label on the validation split. `one-layer-mean` is the planner of 2404.00614
(section 2): one bidirectional layer over the last units, the mean of its positions, heads that start as the centroids.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model import Planner, load_config, start_as
from planner import bigram, load_splits, measure, train

# Units that the planner of the paper sees: the sentences in 128 tokens.
SEEN = 8


class WithoutKinds(Planner):
    def forward(self, embeddings: Tensor, kinds: Tensor) -> Tensor:
        return super().forward(embeddings, torch.zeros_like(kinds))


class OneLayerMean(nn.Module):
    """2404.00614 section 2. Each position has its own window of the last units."""

    def __init__(self, config: dict, labels: int, size: int):
        super().__init__()
        self.input = nn.Linear(size, size)
        self.start = nn.Parameter(torch.zeros(size))
        self.layer = nn.TransformerEncoderLayer(size, nhead=2, dim_feedforward=2048, dropout=0.0, batch_first=True)
        self.heads = nn.ModuleList(nn.Linear(size, labels) for _ in range(config["steps"]))
        at, half = torch.arange(SEEN)[:, None], torch.arange(0, size, 2)[None, :]
        angle = at / 10000 ** (half / size)
        self.register_buffer("positions", torch.stack((angle.sin(), angle.cos()), -1).flatten(1))

    def set_centroids(self, centroids: Tensor) -> None:
        start_as(self.heads, centroids)

    def forward(self, embeddings: Tensor, kinds: Tensor) -> Tensor:
        """As Planner: embeddings [B, U, e] → logits [B, U + 1, steps, K]."""
        batch, _, size = embeddings.shape
        x = torch.cat((self.start.expand(batch, 1, -1), self.input(embeddings)), 1)
        length = x.shape[1]
        windows = F.pad(x, (0, 0, SEEN - 1, 0)).unfold(1, SEEN, 1).transpose(2, 3).reshape(-1, SEEN, size)
        outside = torch.arange(SEEN)[None, :] < SEEN - 1 - torch.arange(length)[:, None]
        outside = outside.repeat(batch, 1)
        seen = self.layer(windows + self.positions, src_key_padding_mask=outside)
        mean = (seen * ~outside[..., None]).sum(1) / (~outside).sum(1, keepdim=True)
        return torch.stack([head(mean) for head in self.heads], -2).view(batch, length, len(self.heads), -1)


# The planner, and what differs from the config.
VARIANTS = {
    "as configured": (Planner, {}),
    "window of 4": (Planner, dict(window=4)),
    "window of 16": (Planner, dict(window=16)),
    "window of 256": (Planner, dict(window=256)),
    "1 layer": (Planner, dict(num_hidden_layers=1)),
    "4 layers": (Planner, dict(num_hidden_layers=4)),
    "without kinds": (WithoutKinds, {}),
    "one-layer-mean": (OneLayerMean, {}),
}


def planner_of(variant: str, config: dict, centroids: Tensor) -> nn.Module:
    torch.manual_seed(0)
    kind, changes = VARIANTS[variant]
    planner = kind({**config, **changes}, *centroids.shape)
    planner.set_centroids(centroids)
    return planner


def main(options) -> None:
    config = load_config(options.config)
    book = np.load(options.labels / "codebook.npz")
    (data, embeddings, labels), (valid, valid_embeddings, valid_labels) = load_splits(options, config, book)
    floor = bigram(labels, data["unit_starts"], valid_labels, valid["unit_starts"], len(book["centroids"]))
    print(json.dumps(dict(variant="label bigram", cross_entropy=round(floor, 4))), flush=True)
    for variant in options.variants:
        planner, began = planner_of(variant, config["planner"], torch.from_numpy(book["centroids"])), time.monotonic()
        train(planner, data, embeddings, labels, options.epochs, 16, "cpu", 0)
        facts = measure(planner, valid, valid_embeddings, valid_labels, "cpu")
        size = sum(p.numel() for p in planner.parameters())
        print(json.dumps(dict(variant=variant, parameters=size, minutes=round((time.monotonic() - began) / 60, 1), **facts)), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "data", "embeddings", "labels", "valid", "valid-embeddings"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    main(parser.parse_args())
