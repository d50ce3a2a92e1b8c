"""Takes a finished planner-LM over to other labels of the same count.

    python carry_over.py --config … --row shipped.pt --planner planner.pt --data train.npz --embeddings train.npy --labels labels/ \
        --earlier-embeddings earlier.npy --earlier-labels earlier/labels/ --out start.pt

What the adapter knows of a new label is, to begin with, what it knew of the earlier labels of the same units, by their shares (its codebooks only; what
projects them stays). The planner is one trained on the new labels; the LM stays. A joint stage then gets them used to each other (joint.py --start).
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from labels import observe
from model import load_config


def shares(labels: np.ndarray, earlier: np.ndarray, count: int) -> torch.Tensor:
    """[count, count]: of the units with a new label (row), how many had each earlier one (column), adding up to one."""
    counts = np.zeros((count, count), dtype=np.float32)
    np.add.at(counts, (labels, earlier), 1)
    return torch.from_numpy(counts / counts.sum(1, keepdims=True))


def main(options) -> None:
    config = load_config(options.config)
    unit_starts = np.load(options.data)["unit_starts"]

    def labels_under(labels: Path, embeddings: Path) -> np.ndarray:
        return observe(np.load(embeddings), unit_starts, np.load(labels / "codebook.npz"), config)

    mixed = shares(labels_under(options.labels, options.embeddings), labels_under(options.earlier_labels, options.earlier_embeddings), config["labels"]["count"])
    row = torch.load(options.row, map_location="cpu", weights_only=True)
    planner = torch.load(options.planner, map_location="cpu", weights_only=True)["model"]
    state = {name: mixed @ tensor.float() if name.endswith(".codebook") else tensor for name, tensor in row["model"].items()}
    torch.save(row | dict(model=state | {f"planner.{name}": tensor for name, tensor in planner.items()}), options.out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "row", "planner", "data", "embeddings", "labels", "earlier-embeddings", "earlier-labels", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    main(parser.parse_args())
