"""Writes a model folder as the extension opens it: config.json, tokenizer.json, labels.json, safetensors, checksums.json.

    python export.py --config … --tokenizer … --labels labels/ --encoder encoder.pt --row rows/soft-joint.pt --out ../starter

Matrices are stored in 8 bits (`--bits 8`, see eight_bits.py) or as float16 (`--bits 16`), vectors as float16, the codebook as float32. Files over
`--limit-megabytes` are cut into Hugging Face's shards.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import torch

from eight_bits import SCALES, pack
from model import load_config

DTYPES = {torch.float32: "F32", torch.float16: "F16", torch.uint8: "U8"}


def save_in_order(tensors: dict[str, torch.Tensor], path: Path) -> None:
    """Writes a safetensors file with the tensors in their order, scales behind all others: what a layer takes together are neighbours, as the library,
    which sorts by name, would not have them. The extension hands neighbours to its run-time as they lie in the file."""
    ordered = sorted(tensors.items(), key=lambda item: item[0].endswith(SCALES))
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in ordered:
        header[name] = dict(dtype=DTYPES[tensor.dtype], shape=list(tensor.shape), data_offsets=[at, at + tensor.nbytes])
        at += tensor.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, tensor in ordered:
            file.write(tensor.contiguous().numpy().tobytes())


def write(out: Path, name: str, tensors: dict[str, torch.Tensor], limit: int) -> None:
    shards, size = [{}], 0
    for key in tensors:
        if key.endswith(SCALES):
            continue
        # A tensor is in one file with its scales.
        piece = {k: tensors[k] for k in (key, key + SCALES) if k in tensors}
        added = sum(tensor.nbytes for tensor in piece.values())
        if size and size + added > limit:
            shards.append({})
            size = 0
        shards[-1].update(piece)
        size += added
    for n, shard in enumerate(shards, 1):
        file = f"{name}.safetensors" if len(shards) == 1 else f"{name}-{n:05d}-of-{len(shards):05d}.safetensors"
        save_in_order(shard, out / file)


def checksums(out: Path) -> None:
    files = {
        p.name: dict(bytes=p.stat().st_size, sha256=hashlib.sha256(p.read_bytes()).hexdigest())
        for p in sorted(out.iterdir())
        if p.suffix in (".json", ".jsonl", ".safetensors") and p.name != "checksums.json"
    }
    (out / "checksums.json").write_text(json.dumps(dict(files=files), indent=1) + "\n")


def main(options) -> None:
    config = load_config(options.config)
    book = np.load(options.labels / "codebook.npz")
    config["labels"]["count"] = len(book["centroids"])
    state = torch.load(options.row, map_location="cpu", weights_only=True)["model"]
    encoder = torch.load(options.encoder, map_location="cpu", weights_only=True)["model"]
    options.out.mkdir(parents=True, exist_ok=True)
    for old in options.out.glob("*.safetensors"):
        old.unlink()
    (options.out / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    shutil.copyfile(options.tokenizer, options.out / "tokenizer.json")
    shutil.copyfile(options.labels / "labels.json", options.out / "labels.json")
    part = lambda prefix: {k.removeprefix(prefix + "."): v for k, v in state.items() if k.startswith(prefix + ".")}
    stored = lambda tensors: pack(tensors) if options.bits == 8 else {k: v.half() for k, v in tensors.items()}
    limit = options.limit_megabytes * 1_000_000
    for name in ("lm", "planner", "adapter"):
        write(options.out, name, stored(part(name)), limit)
    write(options.out, "encoder", stored(encoder), limit)
    codebook = {"codebook.centroids": torch.from_numpy(book["centroids"]).float(), "codebook.mean": torch.from_numpy(book["mean"]).float()}
    write(options.out, "codebook", codebook, limit)
    checksums(options.out)
    for path in sorted(options.out.iterdir()):
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "tokenizer", "labels", "encoder", "row", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--bits", type=int, choices=(8, 16), default=8)
    parser.add_argument("--limit-megabytes", type=int, default=50)
    main(parser.parse_args())
