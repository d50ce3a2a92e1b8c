"""The joint stage: planner, adapter and LM on the LM's cross-entropy; every row of the papers' tables is a switch.

    python joint.py --config … --data train.npz --embeddings … --labels labels/ --lm lm.pt --planner planner.pt \
        --row soft-joint --steps 150 --out rows/soft-joint.pt

Rows (labels at training): none, fixed, uniform, oracle, predicted (hard, frozen planner: 2404.00614), soft-frozen, straight-through
(joint), soft-joint (2410.12492: the probability-weighted mixture, differentiable, so that planner and LM are tuned together).
A row other than none can be evaluated under other conditions too (evaluate.py). All rows see the same sequences in the same order.

With --oracle a share of the units is conditioned on its true label alone while the soft rows and straight-through are trained, so that the LM learns to follow a label that
a writer pins. The same command goes on from its checkpoint, which is written every few minutes; what a step draws depends on seed and step only.

The rows can branch off the stable phase of pre-training (stop pretrain.py before its decay): each then anneals the LM under its own
conditioning, and no annealing is spent on a model that is changed again afterwards.
"""

import argparse
import json
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import count, product
from pathlib import Path
from typing import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labels import observe
from model import Adapter, LanguageModel, Planner, autocast, load_config, of_tokens
from muon import Muon, matrices_and_rest
from planner import shifted
from pretrain import rate, save

ROWS = ("none", "fixed", "uniform", "oracle", "predicted", "soft-frozen", "straight-through", "soft-joint")
JOINT = ("straight-through", "soft-joint")
# Steps whose batches are made ahead.
AHEAD = 6


class PlannerLM(nn.Module):
    """LM, adapter and planner, and how a plan becomes the mixture that conditions the LM."""

    def __init__(self, config: dict, count: int, embedding_size: int):
        super().__init__()
        lm = config["lm"]
        self.config, self.count = config, count
        self.lm = LanguageModel(lm)
        self.adapter = Adapter(config["adapter"], lm["num_hidden_layers"], count, lm["hidden_size"])
        self.planner = Planner(config["planner"], count, embedding_size)

    def mixture(self, row: str, logits: Tensor, gold: Tensor, oracle: float = 0.0) -> Tensor:
        """logits [B, U, K] (step t+1), gold [B, U] (-100 where unknown) → mixtures [B, U, K]; `oracle`: share of units whose mixture is their true label."""
        if row == "none":
            # An adapter that starts at zero adds nothing and learns nothing.
            return torch.zeros_like(logits)
        if row == "fixed":
            return F.one_hot(torch.full_like(gold, self.config["adapter"]["fixed_label"]), self.count).float()
        if row == "uniform":
            return torch.full_like(logits, 1 / self.count)
        hard = F.one_hot(logits.argmax(-1), self.count).float()
        if row == "oracle":
            return torch.where(gold[..., None] >= 0, F.one_hot(gold.clamp(min=0), self.count).float(), hard)
        if row == "predicted":
            return hard
        soft = logits.softmax(-1)
        mixture = hard + soft - soft.detach() if row == "straight-through" else soft
        if oracle == 0:
            return mixture
        told = (torch.rand(gold.shape, device=gold.device) < oracle) & (gold >= 0)
        return torch.where(told[..., None], F.one_hot(gold.clamp(min=0), self.count).to(mixture.dtype), mixture)

    def forward(self, row: str, batch: dict, planner_gradient: bool, oracle: float = 0.0) -> tuple[Tensor, Tensor]:
        """Cross-entropies (LM per token, planner per unit), both in nats."""
        with torch.set_grad_enabled(planner_gradient and torch.is_grad_enabled()):
            all_steps = self.planner(batch["embeddings"], batch["kinds"]).float()
        logits, gold = all_steps[:, :, 0], shifted(batch["labels"], 0)
        mixture = self.mixture(row, logits, gold, oracle)
        if torch.is_grad_enabled() and not mixture.requires_grad:
            # Of a frozen planner too: one compiled graph for all rows.
            mixture.requires_grad_()
        planner_loss = F.cross_entropy(logits.flatten(0, 1), gold.flatten(), ignore_index=-100)
        return self.conditioned(batch["tokens"], batch["targets"], of_tokens(mixture, batch["unit_of"])), planner_loss

    def conditioned(self, tokens: Tensor, targets: Tensor, mixtures: Tensor) -> Tensor:
        """The LM's cross-entropy under mixtures [B, T, K] of its tokens. Shapes are those of every batch, so that this part is compiled once."""
        return self.lm.loss(tokens, targets, self.adapter(mixtures))


class Windows:
    """Windows of documents: tokens, the units the planner sees, and the unit whose plan conditions each position."""

    def __init__(self, data, embeddings, labels, length: int, view: int, newlines: np.ndarray):
        self.data, self.embeddings, self.labels = data, embeddings, labels
        self.length, self.view, self.newlines = length, view, newlines

    def random_start(self, random: np.random.Generator) -> tuple[int, int]:
        """A document and a token in it that starts a line."""
        starts = self.data["token_starts"]
        at = int(random.integers(starts[-1]))
        document = int(np.searchsorted(starts, at, side="right")) - 1
        line = np.flatnonzero(self.newlines[self.data["tokens"][at : min(at + 256, starts[document + 1])]])
        at = at + int(line[0]) + 1 if len(line) else starts[document] + 1
        # A window that would be mostly padding starts at the document's start instead.
        return document, at if starts[document + 1] - at > self.length // 4 else int(starts[document]) + 1

    def window(self, document: int, at: int) -> dict[str, np.ndarray]:
        """Input is the end-of-text token and tokens[at:]; the plan of a position is that of the unit open after its token."""
        d, n = self.data, self.length
        end = min(at + n, int(d["token_starts"][document + 1]))
        size = end - at
        first_unit = int(d["unit_starts"][document])
        unit = d["unit_of"][at - 1 : end - 1]
        view_start = max(0, int(unit[0]) - self.view)
        units = slice(first_unit + view_start, first_unit + min(int(unit[-1]) + 1, int(d["unit_starts"][document + 1]) - first_unit))
        tokens, targets, unit_of = np.zeros(n, np.int64), np.full(n, -100, np.int64), np.zeros(n, np.int64)
        tokens[1:size], targets[:size] = d["tokens"][at : end - 1], d["tokens"][at:end]
        unit_of[:size] = unit - view_start
        return dict(tokens=tokens, targets=targets, unit_of=unit_of, embeddings=self.embeddings[units].astype(np.float32),
                    kinds=d["kinds"][units].astype(np.int64), labels=self.labels[units].astype(np.int64))

    def batch(self, places: list[tuple[int, int]], device) -> dict[str, Tensor]:
        windows = [self.window(*p) for p in places]
        longest = max(len(w["kinds"]) for w in windows)
        longest = -(-longest // 32) * 32
        out = {k: np.stack([w[k] for w in windows]) for k in ("tokens", "targets", "unit_of")}
        out["embeddings"] = np.zeros((len(windows), longest, self.embeddings.shape[1]), np.float32)
        out["kinds"] = np.zeros((len(windows), longest), np.int64)
        out["labels"] = np.full((len(windows), longest), -100, np.int64)
        for row, w in enumerate(windows):
            for k in ("embeddings", "kinds", "labels"):
                out[k][row, : len(w[k])] = w[k]
        return {k: torch.from_numpy(v).to(device) for k, v in out.items()}


def batches(windows: Windows, rows: int, micro: int, seed: int, first: int, device) -> Iterator[list[dict[str, Tensor]]]:
    """The micro-batches of step `first`, of the next one, and so on: what a step draws depends on seed and step alone. They are made ahead, beside the device's work."""

    def draw(step: int) -> list[dict[str, Tensor]]:
        random = np.random.default_rng((seed, step))
        return [windows.batch([windows.random_start(random) for _ in range(rows // micro)], device) for _ in range(micro)]

    with ThreadPoolExecutor(AHEAD) as threads:
        coming = deque(threads.submit(draw, first + i) for i in range(AHEAD))
        for step in count(first + AHEAD):
            yield coming.popleft().result()
            coming.append(threads.submit(draw, step))


def start(model: PlannerLM, options, centroids: Tensor) -> None:
    """Puts the weights that a run begins with into the model."""
    if options.start:
        model.load_state_dict(torch.load(options.start, map_location="cpu", weights_only=False)["model"])
        return
    model.lm.load_state_dict(torch.load(options.lm, map_location="cpu", weights_only=False)["model"])
    model.adapter.reset(centroids)
    model.planner.load_state_dict(torch.load(options.planner, map_location="cpu", weights_only=False)["model"])


def parameter_groups(model: PlannerLM, options) -> list[torch.optim.Optimizer]:
    """Muon for the LM's hidden matrices; AdamW for the rest of the LM, the adapter and the planner, each with its own rate."""
    hidden, rest = matrices_and_rest(model.lm)
    return [
        Muon(hidden, lr=options.muon_lr),
        torch.optim.AdamW(
            [
                dict(params=rest, lr=options.adam_lr),
                dict(params=list(model.adapter.parameters()), lr=options.adapter_lr),
                dict(params=list(model.planner.parameters()), lr=options.planner_lr),
            ],
            betas=(0.9, 0.95),
            weight_decay=0.0,
        ),
    ]


def train(model: PlannerLM, windows: Windows, row: str, seed: int, out: Path, options, told: dict) -> None:
    """One run: so many steps, or so many minutes, from the weights that the model has."""
    device = options.device
    torch.manual_seed(seed)
    optimiser_list = parameter_groups(model, options)
    base_rates = [[g["lr"] for g in o.param_groups] for o in optimiser_list]
    micro = max(1, options.batch_tokens // options.micro_tokens)
    checkpoint, step, spent = out.with_suffix(".checkpoint"), 0, 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=False)
        if state["options"] != told:
            raise ValueError(f"{checkpoint} is of another run ({state['options']}): remove it, or say the same as then")
        model.load_state_dict(state["model"])
        for optimiser, saved in zip(optimiser_list, state["optimisers"]):
            optimiser.load_state_dict(saved)
        step, spent = state["step"], state["spent"]
        print(f"going on from step {step}", flush=True)
    running, began, last_saved = [], time.monotonic() - spent, time.monotonic()
    for drawn in batches(windows, options.batch_tokens // windows.length, micro, seed, step, device):
        spent = time.monotonic() - began
        progress = spent / 60 / options.minutes if options.minutes else step / options.steps
        if progress >= 1:
            break
        torch.manual_seed(int(np.random.default_rng((seed, step, 1)).integers(2**31)))
        joint = row in JOINT and progress >= options.unfreeze
        for batch in drawn:
            with autocast(device):
                lm_loss, planner_loss = model(row, batch, joint, options.oracle)
            ((lm_loss + (options.planner_term * planner_loss if joint else 0)) / micro).backward()
            running.append(torch.stack((lm_loss.detach(), planner_loss.detach())))
        for optimiser, bases in zip(optimiser_list, base_rates):
            for group, base in zip(optimiser.param_groups, bases):
                group["lr"] = base * rate(progress, warmup=0.05, decay=options.decay)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        step += 1
        if step % 25 == 0:
            lm_mean, planner_mean = torch.stack(running).mean(0).tolist()
            running = []
            print(json.dumps(dict(row=row, seed=seed, step=step, lm=round(lm_mean, 4), planner=round(planner_mean, 4),
                                  minutes=round((time.monotonic() - began) / 60, 2))), flush=True)
        if time.monotonic() - last_saved > options.save_minutes * 60:
            save(checkpoint, model=model.state_dict(), optimisers=[o.state_dict() for o in optimiser_list], step=step, spent=spent, options=told)
            last_saved = time.monotonic()
    save(out, row=row, oracle=options.oracle, steps=step, seed=seed, model=model.state_dict())
    checkpoint.unlink(missing_ok=True)


def main(options) -> None:
    from tokenizers import Tokenizer

    from pretrain import newline_table

    device = options.device
    torch.set_float32_matmul_precision("high")
    config = load_config(options.config)
    book = np.load(options.labels / "codebook.npz")
    centroids = torch.from_numpy(book["centroids"])
    model = PlannerLM(config, *centroids.shape).to(device)
    model.lm.requires_grad_(not options.keep_lm)
    data, embeddings = dict(np.load(options.data)), np.load(options.embeddings)
    labels = observe(embeddings, data["unit_starts"], book, config)
    windows = Windows(data, embeddings, labels, config["lm"]["max_position_embeddings"], config["planner"]["window"],
                      newline_table(Tokenizer.from_file(str(options.tokenizer))))
    if options.compile:
        model.conditioned = torch.compile(model.conditioned)
        # Compiling is no part of a run's time.
        with autocast(device):
            model("soft-joint", windows.batch([(0, 1)] * (options.micro_tokens // windows.length), device), True)[0].backward()
        model.zero_grad()
    for seed, row in product(options.seed, options.row):
        out = Path(str(options.out).format(row=row, seed=seed))
        if out.exists():
            continue
        out.parent.mkdir(parents=True, exist_ok=True)
        told = {name: str(value) for name, value in vars(options).items()} | dict(row=row, seed=seed)
        start(model, options, centroids)
        train(model, windows, row, seed, out, options, told)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "data", "embeddings", "labels", "tokenizer"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", required=True, help="{row} and {seed} in it stand for the run's")
    for name in ("lm", "planner"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--start", type=Path, help="an earlier run's output to go on with: LM, adapter and planner (instead of --lm and --planner)")
    parser.add_argument("--row", choices=ROWS, nargs="+", required=True)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--minutes", type=float, help="train for so long, the schedule laid over the time (instead of --steps)")
    parser.add_argument("--batch-tokens", type=int, default=8192)
    parser.add_argument("--micro-tokens", type=int, default=8192)
    parser.add_argument("--unfreeze", type=float, default=0.1, help="the part of the run after which the planner is tuned too")
    parser.add_argument("--planner-term", type=float, default=0.1, help="weight of the planner's own cross-entropy in the joint loss")
    parser.add_argument("--oracle", type=float, default=0.0, help="share of units that are told their true label")
    parser.add_argument("--keep-lm", action="store_true", help="the LM stays as it is: only adapter and planner are tuned on its loss")
    parser.add_argument("--decay", type=float, default=0.9, help="the last part of the run, over which the rate falls to zero")
    parser.add_argument("--muon-lr", type=float, default=0.02)
    parser.add_argument("--adam-lr", type=float, default=3e-3)
    parser.add_argument("--adapter-lr", type=float, default=3e-3)
    parser.add_argument("--planner-lr", type=float, default=3e-4)
    parser.add_argument("--save-minutes", type=float, default=8)
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, nargs="+", default=[0])
    given = parser.parse_args()
    if not given.start and not (given.lm and given.planner):
        parser.error("say --lm and --planner, or --start")
    if len(given.row) * len(given.seed) > len({given.out.format(row=r, seed=s) for r in given.row for s in given.seed}):
        parser.error("several runs would be written to one file: put {row} and {seed} into --out")
    main(given)
