"""Pre-trains the language model.

    python pretrain.py --config configs/starter.json --shards DIR --out DIR --minutes 85 [--device cuda --batch-tokens 262144]

The learning rate follows warm-up, stable, decay (arXiv 2404.06395) over the *time* that is given, so that a lease or a night ends
with an annealed model. A checkpoint is written every few minutes, atomically; the same command goes on from it. Sequences start
with the end-of-text token at the start of a line, as the extension's context window does. Pieces of shards may come while it runs.
"""

import argparse
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from model import LanguageModel, autocast, load_config
from muon import optimisers


class Stream:
    """Random sequences of one stream of shards, which lies whole in the device's memory. A sequence is the end-of-text token and what follows some newline."""

    def __init__(self, folder: Path, name: str, newlines: np.ndarray, device):
        self.folder, self.name, self.newlines, self.device = folder, name, newlines, device
        self.pieces: list[Path] = []
        if not self.look_again():
            raise FileNotFoundError(f"no {name}-*.bin in {folder}: run shards.py first")

    def look_again(self) -> bool:
        """Takes up pieces that have come since; whether there are any."""
        pieces = sorted(self.folder.glob(f"{self.name}-*.bin"))
        if pieces == self.pieces:
            return False
        tokens = np.concatenate([np.fromfile(p, dtype=np.uint16) for p in pieces])
        self.pieces = pieces
        self.tokens = torch.from_numpy(tokens.astype(np.int32)).to(self.device)
        self.line_starts = torch.from_numpy(np.flatnonzero(self.newlines[tokens]) + 1).to(self.device)
        return True

    def sequences(self, rows: int, length: int, random: torch.Generator) -> Tensor:
        """[rows, length + 1]: where no line starts in the 512 tokens after the place drawn, the sequence starts at the place."""
        at = torch.randint(len(self.tokens) - length - 512, (rows,), generator=random).to(self.device)
        line = self.line_starts[torch.searchsorted(self.line_starts, at).clamp(max=len(self.line_starts) - 1)]
        at = torch.where((line >= at) & (line < at + 512), line, at)
        tokens = self.tokens[at[:, None] + torch.arange(length, device=self.device)]
        return F.pad(tokens, (1, 0)).long()


def newline_table(tokenizer: Tokenizer) -> np.ndarray:
    """Which tokens end a line (or a document)."""
    size = tokenizer.get_vocab_size()
    return np.array([i == 0 or tokenizer.decode([i]).endswith("\n") for i in range(size)])


def batch(streams: list[Stream], general: float, rows: int, length: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Inputs and targets [rows, length]; `general`: the share of sequences that comes from the first stream."""
    first = int((torch.rand(rows, generator=random) < general).sum())
    data = torch.cat([stream.sequences(n, length, random) for stream, n in zip(streams, (first, rows - first)) if n])
    # Contiguous, as what the step was compiled for.
    return data[:, :-1].contiguous(), data[:, 1:].contiguous()


def rate(progress: float, warmup: float = 0.01, decay: float = 0.3) -> float:
    """Warm-up, stable, linear decay to zero; progress is in [0, 1]."""
    return min(1.0, progress / warmup + 0.02, max(0.0, (1 - progress) / decay))


@torch.no_grad()
def validate(loss, tokens: np.ndarray, length: int, rows: int, device, batches: int) -> float:
    """`loss` is to be the plain one: without gradients the other would be compiled anew, within the minutes that are given."""
    total = 0.0
    for i in range(batches):
        at = i * rows * length
        block = torch.from_numpy(tokens[at : at + rows * length + 1].astype(np.int64)).to(device)
        with autocast(device):
            total += loss(block[:-1].view(rows, length), block[1:].view(rows, length)).item()
    return total / batches


def save(path: Path, **state) -> None:
    torch.save(state, path.with_suffix(".partial"))
    os.replace(path.with_suffix(".partial"), path)


def main(options) -> None:
    device = options.device
    torch.manual_seed(options.seed)
    torch.set_float32_matmul_precision("high")
    config = load_config(options.config)["lm"]
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    newlines = newline_table(tokenizer)
    streams = [Stream(options.shards, f"train-{s}", newlines, device) for s in ("general", "reference")]
    held_out = np.concatenate([np.fromfile(p, dtype=np.uint16) for p in sorted(options.shards.glob("valid-*.bin"))])

    model = LanguageModel(config)
    if options.teacher_embeddings:
        from teacher import Teacher

        model.model.embed_tokens.weight.data.copy_(Teacher("cpu").token_embeddings(tokenizer, config["hidden_size"]))
    model.to(device)
    optimiser_list = optimisers(model, options.muon_lr, options.adam_lr)
    base_rates = [o.param_groups[0]["lr"] for o in optimiser_list]
    loss_of = model.loss
    if options.compile:
        # For each length its own kernels. Compiling is no part of the time that is given.
        loss_of = torch.compile(model.loss, dynamic=False)
        for length in {options.short, config["max_position_embeddings"]}:
            nothing = torch.zeros(max(1, options.micro_tokens // length), length, dtype=torch.long, device=device)
            with autocast(device):
                loss_of(nothing, nothing).backward()
        model.zero_grad()

    options.out.mkdir(parents=True, exist_ok=True)
    checkpoint, log = options.out / "lm.pt", options.out / "loss.jsonl"
    step, tokens_seen, elapsed = 0, 0, 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=False)
        model.load_state_dict(state["model"])
        for optimiser, saved in zip(optimiser_list, state["optimisers"]):
            optimiser.load_state_dict(saved)
        step, tokens_seen, elapsed = state["step"], state["tokens"], state["elapsed"]
        print(f"going on from step {step}, {tokens_seen / 1e6:.1f} M tokens, {elapsed / 60:.1f} minutes", flush=True)
    random = torch.Generator().manual_seed(options.seed + step)

    budget, last, last_saved, running = options.minutes * 60, time.monotonic(), time.monotonic(), []
    end = min(budget, options.stop_after * 60)
    while elapsed < end:
        progress = elapsed / budget
        length = options.short if progress < options.short_until else config["max_position_embeddings"]
        rows = options.batch_tokens // length
        micro = max(1, math.ceil(rows * length / options.micro_tokens))
        for _ in range(micro):
            x, y = batch(streams, options.general, rows // micro, length, random)
            with autocast(device):
                loss = loss_of(x, y)
            (loss / micro).backward()
            running.append(loss.detach())
        for optimiser, base in zip(optimiser_list, base_rates):
            for group in optimiser.param_groups:
                group["lr"] = base * rate(progress)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        step, tokens_seen = step + 1, tokens_seen + rows * length
        now = time.monotonic()
        elapsed, last = elapsed + now - last, now
        if step % options.log_every == 0:
            mean = torch.stack(running).mean().item()
            running = []
            if not math.isfinite(mean):
                raise FloatingPointError(f"the loss is {mean} at step {step}; the last checkpoint is {checkpoint}")
            line = dict(step=step, tokens=tokens_seen, minutes=round(elapsed / 60, 2), loss=round(mean, 4))
            print(json.dumps(line), flush=True)
            with open(log, "a") as file:
                file.write(json.dumps(line) + "\n")
            for stream in streams:
                if stream.look_again():
                    print(f"{stream.name}: {len(stream.tokens) / 1e6:.1f} M tokens in {len(stream.pieces)} pieces", flush=True)
        if now - last_saved > options.save_minutes * 60:
            save(checkpoint, model=model.state_dict(), optimisers=[o.state_dict() for o in optimiser_list],
                 step=step, tokens=tokens_seen, elapsed=elapsed)
            last_saved = now
            value = validate(model.loss, held_out, length, rows // micro, device, 2)
            print(json.dumps(dict(step=step, valid=round(value, 4))), flush=True)
    save(checkpoint, model=model.state_dict(), optimisers=[o.state_dict() for o in optimiser_list],
         step=step, tokens=tokens_seen, elapsed=elapsed)
    length = config["max_position_embeddings"]
    rows = max(1, options.micro_tokens // length)
    value = validate(model.loss, held_out, length, rows, device, min(20, (len(held_out) - 1) // (rows * length)))
    with open(log, "a") as file:
        file.write(json.dumps(dict(step=step, tokens=tokens_seen, minutes=round(elapsed / 60, 2), valid=round(value, 4))) + "\n")
    print(f"done: {step} steps, {tokens_seen / 1e6:.1f} M tokens, validation loss {value:.4f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--shards", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="of training in all, earlier runs counted in")
    parser.add_argument("--stop-after", type=float, default=math.inf, help="minutes: stop in the stable phase, for a joint stage that anneals")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--batch-tokens", type=int, default=8192)
    parser.add_argument("--micro-tokens", type=int, default=8192, help="what fits in memory at once")
    parser.add_argument("--general", type=float, default=0.6, help="share of sequences from general writing")
    parser.add_argument("--short", type=int, default=256, help="sequence length at first: cheaper attention")
    parser.add_argument("--short-until", type=float, default=0.5, help="the part of the time that trains on short sequences")
    parser.add_argument("--muon-lr", type=float, default=0.02)
    parser.add_argument("--adam-lr", type=float, default=3e-3)
    parser.add_argument("--teacher-embeddings", action="store_true", help="start the input embeddings from the teacher's")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--log-every", type=int, default=20)
    parser.add_argument("--save-minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=0)
    main(parser.parse_args())
