"""Perplexity, bits per character, and the planner's accuracy and calibration, of trained rows on a held-out split.

    python evaluate.py --config … --data test.npz --embeddings … --labels labels/ --rows rows/*.pt --out table.json

Documents are read in windows of the LM's context, every token predicted once with at least a quarter of a window before it (unless
its document has less). "soft@hard" reads: trained on the soft mixture, evaluated on the planner's argmax.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import planner
from joint import PlannerLM, Windows
from labels import observe
from model import autocast, load_config, of_tokens
from tokenizer import characters

# Under which conditions each row is evaluated (method: labels at train / at eval).
CONDITIONS = {
    "none": ("none",),
    "fixed": ("fixed",),
    "uniform": ("uniform",),
    "oracle": ("oracle", "predicted"),
    "predicted": ("predicted",),
    "soft-frozen": ("soft-joint",),
    "straight-through": ("predicted",),
    "soft-joint": ("soft-joint", "predicted", "uniform", "oracle"),
}


def places(token_starts: np.ndarray, length: int, limit: int) -> list[tuple[int, int, int]]:
    """(document, first token of the window, tokens already predicted in it), until `limit` tokens are covered."""
    out, covered = [], 0
    for document, (start, end) in enumerate(zip(token_starts[:-1] + 1, token_starts[1:])):
        at, done = int(start), int(start)
        while done < end and covered < limit:
            out.append((document, at, done - at))
            covered += min(at + length, end) - done
            done = min(at + length, int(end))
            at = done - length // 4
    return out


@torch.inference_mode()
def measure(model: PlannerLM, windows: Windows, wanted, condition: str, device, rows: int) -> dict:
    nll, tokens, ranks = 0.0, 0, []
    for first in range(0, len(wanted), rows):
        some = wanted[first : first + rows]
        batch = windows.batch([(d, at) for d, at, _ in some], device)
        targets = batch["targets"].clone()
        for row, (_, _, done) in enumerate(some):
            targets[row, :done] = -100
        if condition != "none":
            # In full precision, as in planner.measure.
            logits = model.planner(batch["embeddings"], batch["kinds"])[:, :, 0]
        with autocast(device):
            plan = None
            if condition != "none":
                gold = F.pad(batch["labels"], (0, 1), value=-100)
                plan = model.adapter(of_tokens(model.mixture(condition, logits, gold), batch["unit_of"]))
                # Each unit once: those that the part of the window that is new begins with, or comes to.
                for row, (_, _, done) in enumerate(some):
                    units = torch.unique(batch["unit_of"][row][targets[row] >= 0])
                    units = units[(gold[row][units] >= 0) & (units > (batch["unit_of"][row, done - 1] if done > 0 else -1))]
                    ranks.append((logits[row, units] > logits[row, units].gather(1, gold[row, units][:, None])).sum(1))
            logits = model.lm.logits(model.lm(batch["tokens"], plan)).float()
        nll += F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100, reduction="sum").item()
        tokens += int((targets >= 0).sum())
    out = dict(perplexity=round(math.exp(nll / tokens), 3), nats=round(nll / tokens, 5), tokens=tokens)
    if ranks:
        rank = torch.cat(ranks).float()
        out |= dict(plannerTop1=round((rank < 1).float().mean().item(), 4), plannerTop5=round((rank < 5).float().mean().item(), 4))
    return out


def main(options) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    config = load_config(options.config)
    book = np.load(options.labels / "codebook.npz")
    data, embeddings = dict(np.load(options.data)), np.load(options.embeddings).astype(np.float32)
    labels = observe(embeddings, data["unit_starts"], book, config)
    windows = Windows(data, embeddings, labels, options.context or config["lm"]["max_position_embeddings"], config["planner"]["window"], None)
    wanted = places(data["token_starts"], windows.length, options.tokens)
    # Characters of exactly the tokens that are predicted, so that bits per character mean the same for every tokenizer.
    sizes = characters(tokenizer)
    covered = sum(int(sizes[data["tokens"][at + done : min(at + windows.length, data["token_starts"][d + 1])]].sum()) for d, at, done in wanted)
    table, planners = [], []
    for path in options.rows:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        model = PlannerLM(config, *book["centroids"].shape)
        model.load_state_dict(saved["model"])
        model.to(options.device).eval()
        for condition in CONDITIONS[saved["row"]]:
            facts = measure(model, windows, wanted, condition, options.device, options.batch)
            facts["bitsPerCharacter"] = round(facts.pop("nats") * facts["tokens"] / covered / math.log(2), 4)
            shown = dict(row=saved["row"], oracle=saved["oracle"], condition="soft" if condition == "soft-joint" else condition, seed=saved["seed"], steps=saved["steps"], **facts)
            print(json.dumps(shown), flush=True)
            table.append(shown)
        if saved["row"] == "soft-joint":
            for step in range(config["planner"]["steps"]):
                shown = dict(seed=saved["seed"], ahead=step + 1, **planner.measure(model.planner, data, embeddings, labels, options.device, step))
                print(json.dumps(shown), flush=True)
                planners.append(shown)
    options.out.write_text(json.dumps(dict(rows=table, planners=planners), indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "data", "embeddings", "labels", "tokenizer", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rows", type=Path, nargs="+", required=True)
    parser.add_argument("--tokens", type=int, default=400_000, help="how many tokens are predicted, from the start of the split")
    parser.add_argument("--context", type=int, help="tokens that the LM sees, where not all that it can; the planner sees what it always does")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    main(parser.parse_args())
