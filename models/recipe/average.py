"""The mean of two language models that went on from the same weights, each for itself.

    python average.py --rows one.pt other.pt --out mean.pt

Runs that branch off one model lie in one basin, and the mean of their weights is often better than either (arXiv 2203.05482). Adapter and planner are the first one's.
"""

import argparse
from pathlib import Path

import torch


def main(options) -> None:
    first, other = (torch.load(path, map_location="cpu", weights_only=True) for path in options.rows)
    state = {
        name: (tensor.float() + other["model"][name].float()) / 2 if name.startswith("lm.") else tensor
        for name, tensor in first["model"].items()
    }
    torch.save(first | dict(model=state), options.out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, nargs=2, required=True)
    parser.add_argument("--out", type=Path, required=True)
    main(parser.parse_args())
