"""Trains the planner by cross-entropy on the labels of the next units (2404.00614 section 2), before the joint stage.

    python planner.py --config … --data train.npz --embeddings train-embeddings.npy --labels labels/ \
        --valid valid.npz --valid-embeddings valid-embeddings.npy --out planner.pt

Prints cross-entropy, top-1, top-5 and mean rank on the validation split beside the label-bigram floor (add-0.1).
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from labels import observe
from model import Planner, autocast, load_config
from muon import optimisers

STEP_WEIGHTS = (1.0, 0.3, 0.3)
LONGEST = 256


def pieces(unit_starts: np.ndarray) -> list[tuple[int, int]]:
    """Documents as ranges of units, long ones cut."""
    return [(at, min(at + LONGEST, end)) for start, end in zip(unit_starts[:-1], unit_starts[1:]) for at in range(start, end, LONGEST)]


def padded(ranges, embeddings, kinds, labels, device):
    """Embeddings [B, U, e], kinds [B, U] and labels [B, U] (-100 where there is no unit)."""
    longest = max(end - start for start, end in ranges)
    e = np.zeros((len(ranges), longest, embeddings.shape[1]), dtype=np.float32)
    k = np.zeros((len(ranges), longest), dtype=np.int64)
    y = np.full((len(ranges), longest), -100, dtype=np.int64)
    for row, (start, end) in enumerate(ranges):
        n = end - start
        e[row, :n], k[row, :n], y[row, :n] = embeddings[start:end], kinds[start:end], labels[start:end]
    return tuple(torch.from_numpy(a).to(device) for a in (e, k, y))


def shifted(labels: torch.Tensor, step: int) -> torch.Tensor:
    """Targets of head `step` at positions 0…U: the label of the unit `step` after the next one."""
    return F.pad(labels, (0, 1 + step), value=-100)[:, step:]


def calibration_error(confidence: torch.Tensor, right: torch.Tensor, bins: int = 15) -> float:
    """Expected calibration error (Guo et al., arXiv 1706.04599): how far probability and accuracy of first guesses [n] lie apart, over bins of equal width."""
    of = (confidence * bins).long().clamp(max=bins - 1)
    count = torch.bincount(of, minlength=bins)
    gap = torch.bincount(of, weights=confidence - right.float(), minlength=bins).abs()
    return float(gap.sum() / count.sum())


@torch.inference_mode()
def measure(planner: Planner, data, embeddings, labels, device, step: int = 0) -> dict:
    """How well the label of the unit `step` after the next one is predicted."""
    planner.eval()
    nll, ranks, certain, right = [], [], [], []
    for at in range(0, len(ranges := pieces(data["unit_starts"])), 16):
        e, k, y = padded(ranges[at : at + 16], embeddings, data["kinds"], labels, device)
        # In full precision: in half of it many logits are equal, and a tie would count as right.
        logits = planner(e, k)[:, :, step]
        goal = shifted(y, step)
        known = goal >= 0
        logits, goal = logits[known], goal[known]
        nll.append(F.cross_entropy(logits, goal, reduction="none"))
        ranks.append((logits > logits.gather(1, goal[:, None])).sum(1))
        certain.append(logits.softmax(-1).max(-1).values)
        right.append(logits.argmax(-1) == goal)
    planner.train()
    rank = torch.cat(ranks).float()
    return dict(
        cross_entropy=round(torch.cat(nll).mean().item(), 4),
        top1=round((rank < 1).float().mean().item(), 4),
        top5=round((rank < 5).float().mean().item(), 4),
        mean_rank=round(rank.mean().item() + 1, 1),
        calibration_error=round(calibration_error(torch.cat(certain), torch.cat(right)), 4),
    )


def bigram(train_labels, train_starts, labels, starts, count: int) -> float:
    """Cross-entropy in nats of a label bigram with add-0.1 smoothing; documents start with a state of their own."""

    def preceding(labels: np.ndarray, starts: np.ndarray) -> np.ndarray:
        before = np.concatenate(([count], labels[:-1].astype(np.int64)))
        # A last document without units would begin behind the last label.
        before[starts[starts < len(labels)]] = count
        return before

    counts = np.full((count + 1, count), 0.1)
    np.add.at(counts, (preceding(train_labels, train_starts), train_labels), 1)
    logs = np.log(counts / counts.sum(1, keepdims=True))
    return float(-logs[preceding(labels, starts), labels].mean())


def train(planner: Planner, data, embeddings, labels: np.ndarray, epochs: float, batch: int, device, seed: int, compiled: bool = False) -> None:
    """Cross-entropy on the labels of the next units, for so many passes over the documents; Muon and AdamW, warm-up, then linearly down to zero."""
    random = np.random.default_rng(seed)
    optimiser_list = optimisers(planner, muon_lr=0.01, adam_lr=1e-3)
    base_rates = [o.param_groups[0]["lr"] for o in optimiser_list]
    forward = torch.compile(planner, dynamic=True) if compiled else planner
    ranges = pieces(data["unit_starts"])
    batches_per_epoch = math.ceil(len(ranges) / batch)
    steps, step, running = int(epochs * batches_per_epoch), 0, []
    while step < steps:
        # Pieces of like length together: little padding.
        lengths = np.array([e - s for s, e in ranges]) + random.random(len(ranges)) * 16
        order = np.argsort(lengths)
        groups = [order[i : i + batch] for i in range(0, len(order), batch)]
        random.shuffle(groups)
        for group in groups[: steps - step]:
            e, k, y = padded([ranges[i] for i in group], embeddings, data["kinds"], labels, device)
            with autocast(device):
                logits = forward(e, k)
            losses = [F.cross_entropy(logits[:, :, s].float().flatten(0, 1), shifted(y, s).flatten(), ignore_index=-100) for s in range(logits.shape[2])]
            sum(w * l for w, l in zip(STEP_WEIGHTS, losses)).backward()
            for optimiser, base in zip(optimiser_list, base_rates):
                for g in optimiser.param_groups:
                    g["lr"] = base * min(1, (step + 1) / 50, (1 - step / steps) / 0.6)
                optimiser.step()
                optimiser.zero_grad(set_to_none=True)
            running.append(losses[0].item())
            step += 1
            if step % 50 == 0:
                print(f"step {step} of {steps}: {np.mean(running):.4f} nats", flush=True)
                running = []


def load_splits(options, config: dict, book):
    """(units, embeddings, labels) of the training documents and of the validation split."""
    train = dict(np.load(options.data)), np.load(options.embeddings, mmap_mode="r")
    valid = dict(np.load(options.valid)), np.load(options.valid_embeddings)
    return tuple((data, embeddings, observe(embeddings, data["unit_starts"], book, config)) for data, embeddings in (train, valid))


def main(options) -> None:
    torch.manual_seed(options.seed)
    device = options.device
    config = load_config(options.config)
    book = np.load(options.labels / "codebook.npz")
    count, size = book["centroids"].shape
    (data, embeddings, labels), (valid, valid_embeddings, valid_labels) = load_splits(options, config, book)
    planner = Planner(config["planner"], count, size)
    planner.set_centroids(torch.from_numpy(book["centroids"]))
    planner.to(device)
    train(planner, data, embeddings, labels, options.epochs, options.batch, device, options.seed, options.compile)
    facts = measure(planner, valid, valid_embeddings, valid_labels, device)
    facts["bigram_cross_entropy"] = round(bigram(labels, data["unit_starts"], valid_labels, valid["unit_starts"], count), 4)
    print(json.dumps(facts))
    torch.save(dict(model=planner.state_dict(), facts=facts), options.out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "data", "embeddings", "labels", "valid", "valid-embeddings", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=3)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=False)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    main(parser.parse_args())
