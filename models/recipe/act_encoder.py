"""Tunes the sentence encoder on what sentences do (acts.py), so that sentences that do the same lie near each other, whatever they are about.

    python act_encoder.py --config … --encoder encoder.pt --data train.npz --out act-encoder.pt

A linear head names the act of sentences that were read, by cross-entropy; on sentences drawn from all documents the encoder stays near what it was (one minus the
cosine), so that it forgets neither topics nor sentences unlike those read. No act is learnt from documents that acts.held_out keeps back: they tell how well acts are known.
"""

import argparse
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from acts import ACTS, held_out, read
from distil import by_length, embed, load_encoder, unit_tokens
from model import autocast, load_config

# Embeddings have unit length: with logits this much larger, a head of ordinary size can be sure.
SCALE = 8.0
LEARNING_RATE, HEAD_LEARNING_RATE = 3e-4, 3e-3


def main(options) -> None:
    torch.manual_seed(options.seed)
    random, device = np.random.default_rng(options.seed), options.device
    config = load_config(options.config)
    data = dict(np.load(options.data))
    encoder, before = (load_encoder(config, options.encoder, device) for _ in range(2))
    units, acts = read(options.acts, data)
    aside = held_out(units, data)
    learn = np.flatnonzero(~aside)
    all_lengths = np.diff(data["text_starts"])
    lengths = all_lengths[units]
    goal = torch.from_numpy(acts).to(device)
    head = nn.Linear(config["encoder"]["embedding_size"], len(ACTS)).to(device)
    optimiser = torch.optim.AdamW(
        [dict(params=encoder.parameters(), lr=LEARNING_RATE, weight_decay=0.05), dict(params=head.parameters(), lr=HEAD_LEARNING_RATE, weight_decay=0.01)], betas=(0.9, 0.98)
    )
    rates = [group["lr"] for group in optimiser.param_groups]
    steps, step = options.epochs * math.ceil(len(learn) / options.batch), 0

    def report(epoch: int) -> float:
        vectors = torch.from_numpy(embed(encoder, data, units[aside], device)).to(device)
        with torch.no_grad():
            logits = head(SCALE * vectors)
        right = (logits.argmax(1) == goal[aside]).float().mean().item()
        print(f"epoch {epoch}: held out {aside.sum()} sentences: {right:.4f} right, {F.cross_entropy(logits, goal[aside]).item():.4f} nats", flush=True)
        return right

    for epoch in range(options.epochs):
        encoder.train()
        others = random.choice(len(data["kinds"]), len(learn), replace=False)
        for learnt, other in zip(by_length(lengths[learn], options.batch, random), by_length(all_lengths[others], options.batch, random)):
            rows = learn[learnt]
            tokens, mask = unit_tokens(data, units[rows], device)
            other_tokens, other_mask = unit_tokens(data, others[other], device)
            with autocast(device):
                vectors, kept = encoder(tokens, mask).float(), encoder(other_tokens, other_mask).float()
                with torch.no_grad():
                    old = before(other_tokens, other_mask).float()
            named = F.cross_entropy(head(SCALE * F.dropout(vectors, 0.1)), goal[rows], label_smoothing=0.05)
            moved = 1 - (kept * old).sum(-1).mean()
            (named + options.keep * moved).backward()
            nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
            for group, rate in zip(optimiser.param_groups, rates):
                group["lr"] = rate * min(1, (step + 1) / (0.1 * steps), 1 - step / steps)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step += 1
            if step % 50 == 0:
                print(f"step {step} of {steps}: acts {named.item():.3f} nats, 1 - cosine to before {moved.item():.4f}", flush=True)
        encoder.eval()
        right = report(epoch + 1)
    torch.save(dict(model=encoder.state_dict(), accuracy=right), options.out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "encoder", "data", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--acts", type=Path, default=Path(__file__).with_name("acts.jsonl"))
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--keep", type=float, default=1.0, help="weight of staying near the encoder as it was")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    main(parser.parse_args())
