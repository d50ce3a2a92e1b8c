"""Takes parts of a finished model into a work folder, so that they can be kept, or gone on with, while others are made anew.

    python reuse.py --model ../starter --out work --parts encoder labels

Writes encoder.pt, lm.pt and planner.pt (LM and planner as tuned in that model's joint stage), labels/, and the model's config.json (labels are found as it says) and
tokenizer.json (what reads tokens reads those of this one).
Encoder and labels do not depend on the LM.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from eight_bits import unpack
from labels import observe
from model import load_config


def tensors(model: Path, name: str) -> dict[str, torch.Tensor]:
    """All shards of one part, as float32."""
    return {k: v for path in sorted(model.glob(f"{name}*.safetensors")) for k, v in unpack(load_file(path)).items()}


def codebook(model: Path) -> dict[str, np.ndarray]:
    return {k.removeprefix("codebook."): v.numpy() for k, v in tensors(model, "codebook").items()}


def labels_of(model: Path, unit_starts: np.ndarray, embeddings: np.ndarray) -> np.ndarray:
    """The label of each unit [units] under the model's own label set."""
    return observe(embeddings, unit_starts, codebook(model), load_config(model / "config.json"))


def main(options) -> None:
    options.out.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(options.model / name, options.out / name)
    for part in options.parts:
        if part == "labels":
            labels = options.out / "labels"
            labels.mkdir(exist_ok=True)
            np.savez(labels / "codebook.npz", **codebook(options.model))
            shutil.copyfile(options.model / "labels.json", labels / "labels.json")
        else:
            torch.save(dict(model=tensors(options.model, part)), options.out / f"{part}.pt")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--parts", nargs="+", choices=("lm", "encoder", "planner", "labels"), default=["encoder", "labels"])
    main(parser.parse_args())
