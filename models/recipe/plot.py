"""Draws the loss curve of pre-training, or those of runs of the joint stage (what joint.py prints, in a file).

    python plot.py --log lm/loss.jsonl --title "Pre-training of the language model" --out loss.svg
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
    parser.add_argument("--title", required=True)
    parser.add_argument("--batch-tokens", type=int, default=8192, help="of a step, where the log has no tokens")
    options = parser.parse_args()
    # After an interruption steps are repeated from the last checkpoint: the later line counts.
    lines = (json.loads(line) for line in options.log.read_text().splitlines() if line.startswith("{"))
    runs: dict[str, dict[int, tuple[float, float]]] = {}
    for line in lines:
        loss = line.get("loss", line.get("lm"))
        if loss is not None:
            run = f"{line['row']}, seed {line['seed']}" if "row" in line else ""
            runs.setdefault(run, {})[line["step"]] = (line.get("tokens", line["step"] * options.batch_tokens) / 1e6, loss)
    plt.rcParams["svg.hashsalt"] = "planwright"
    figure, axes = plt.subplots(figsize=(7, 3.5), layout="constrained")
    for run, losses in runs.items():
        axes.plot(*zip(*(losses[step] for step in sorted(losses))), label=run, color="#2b6cb0" if len(runs) == 1 else None)
    if len(runs) > 1:
        axes.legend()
    axes.set(xlabel="million tokens", ylabel="training loss, nats per token", title=options.title)
    axes.grid(alpha=0.3)
    figure.savefig(options.out, metadata={"Date": None})
