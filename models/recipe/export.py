"""Writes a model folder as the extension opens it: config.json, tokenizer.json, labels.json, safetensors, checksums.json.

    python export.py --config … --tokenizer … --labels labels/ --encoder encoder.pt --row rows/soft-joint.pt --out ../starter

Weights are stored as float16, the codebook as float32. Files over `--limit-megabytes` are cut into Hugging Face's shards.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from model import load_config


def write(out: Path, name: str, tensors: dict[str, torch.Tensor], limit: int) -> None:
    shards, size = [{}], 0
    for key, tensor in tensors.items():
        if size and size + tensor.nbytes > limit:
            shards.append({})
            size = 0
        shards[-1][key] = tensor.contiguous()
        size += tensor.nbytes
    for n, shard in enumerate(shards, 1):
        file = f"{name}.safetensors" if len(shards) == 1 else f"{name}-{n:05d}-of-{len(shards):05d}.safetensors"
        save_file(shard, out / file, metadata={"format": "pt"})


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
    part = lambda prefix: {k.removeprefix(prefix + "."): v.half() for k, v in state.items() if k.startswith(prefix + ".")}
    limit = options.limit_megabytes * 1_000_000
    for name in ("lm", "planner", "adapter"):
        write(options.out, name, part(name), limit)
    write(options.out, "encoder", {k: v.half() for k, v in encoder.items()}, limit)
    codebook = {"codebook.centroids": torch.from_numpy(book["centroids"]).float(), "codebook.mean": torch.from_numpy(book["mean"]).float()}
    write(options.out, "codebook", codebook, limit)
    checksums(options.out)
    for path in sorted(options.out.iterdir()):
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "tokenizer", "labels", "encoder", "row", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--limit-megabytes", type=int, default=50)
    main(parser.parse_args())
