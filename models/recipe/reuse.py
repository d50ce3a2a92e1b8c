"""Takes encoder, label set and planner of a finished model into a work folder, so that a new LM keeps its labels.

    python reuse.py --model ../starter --data work/train.npz --embeddings work/train.npy --valid … --valid-embeddings … --out work

Without the data it only writes encoder.pt (embed the datasets with it); with it also labels/ and planner.pt. The planner is the one tuned
in that model's joint stage.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from labels import PRIOR_WEIGHT, centre, nearest
from model import load_config


def tensors(model: Path, name: str) -> dict[str, torch.Tensor]:
    """All shards of one part, as float32."""
    return {k: v.float() for path in sorted(model.glob(f"{name}*.safetensors")) for k, v in load_file(path).items()}


def labels_of(model: Path, unit_starts: np.ndarray, embeddings: np.ndarray) -> np.ndarray:
    """The label of each unit [units], as the extension finds it: nearest centroid, after the centering that the label set was made with."""
    book = {k.removeprefix("codebook."): v.numpy() for k, v in tensors(model, "codebook").items()}
    points = embeddings.astype(np.float32)
    if load_config(model / "config.json")["labels"]["centering"] == "document":
        points = centre(points, unit_starts, book["mean"], PRIOR_WEIGHT)
    return nearest(torch.from_numpy(points), torch.from_numpy(book["centroids"])).numpy()


def main(options) -> None:
    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(dict(model=tensors(options.model, "encoder")), options.out / "encoder.pt")
    if options.data is None:
        return
    book = {k.removeprefix("codebook."): v.numpy() for k, v in tensors(options.model, "codebook").items()}
    folder = options.out / "labels"
    folder.mkdir(exist_ok=True)
    np.savez(folder / "codebook.npz", **book)
    shutil.copyfile(options.model / "labels.json", folder / "labels.json")
    for name, data, embeddings in (("train", options.data, options.embeddings), ("valid", options.valid, options.valid_embeddings)):
        labels = labels_of(options.model, np.load(data)["unit_starts"], np.load(embeddings))
        np.save(folder / f"{name}.npy", labels.astype(np.int16))
    torch.save(dict(model=tensors(options.model, "planner")), options.out / "planner.pt")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    for name in ("data", "embeddings", "valid", "valid-embeddings"):
        parser.add_argument(f"--{name}", type=Path)
    main(parser.parse_args())
