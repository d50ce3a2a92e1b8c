"""Draws the loss curve of pre-training.

    python plot.py --log lm/loss.jsonl --out ../loss.svg
"""

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    # After an interruption steps are repeated from the last checkpoint: the later line counts.
    lines = {line["step"]: line for line in map(json.loads, options.log.read_text().splitlines()) if "loss" in line}
    points = [lines[step] for step in sorted(lines)]
    plt.rcParams["svg.hashsalt"] = "planwright"
    figure, axes = plt.subplots(figsize=(7, 3.5), layout="constrained")
    axes.plot([p["tokens"] / 1e6 for p in points], [p["loss"] for p in points], color="#2b6cb0")
    axes.set(xlabel="million tokens", ylabel="training loss, nats per token", title="Pre-training of the language model")
    axes.grid(alpha=0.3)
    figure.savefig(options.out, metadata={"Date": None})
