"""The joint step in PyTorch, as a reference for the extension's training graphs: losses over 20 steps, and first gradients.

    python fixtures_training.py --model ../../test/fixtures/tiny-model --out ../../test/fixtures/training/joint.json

The batch is random. What is compared: LM and planner losses of every step for all rows, the first gradient of every parameter in the joint
rows (its norm and eight of its values). The optimiser is AdamW, clipping by the global norm, warm-up and cosine, the planner unfrozen at step 6.
"""

import argparse
import base64
import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor

from eight_bits import unpack
from model import Adapter, LanguageModel, Planner, of_tokens, rotary

B, T, U = 2, 24, 10
STEPS, WARMUP, UNFREEZE, PLANNER_TERM = 20, 4, 6, 0.1
RATES = dict(lm=1e-2, adapter=2e-2, planner=5e-3)
DECAY, CLIP = 0.1, 1.0
STEP_WEIGHTS = (1.0, 0.3, 0.3)
ROWS = ("none", "fixed", "uniform", "oracle", "predicted", "soft-frozen", "straight-through", "soft-joint")


def packed(values) -> dict:
    array = np.ascontiguousarray(values)
    return dict(shape=list(array.shape), data=base64.b64encode(array.tobytes()).decode())


def make_batch(config: dict, random: np.random.Generator) -> dict[str, np.ndarray]:
    vocabulary, steps = config["lm"]["vocab_size"], config["planner"]["steps"]
    is_start = np.zeros((B, U, 1), np.uint8)
    is_start[0, 0] = 1
    weights = np.ones((B, T), np.float32)
    weights[1, -5:] = 0
    weights[0, 7] = 0
    known = np.ones((B, U, steps), np.float32)
    known[:, -1, :] = 0
    known[1, -2, 1:] = 0
    return dict(
        tokens=random.integers(vocabulary, size=(B, T)).astype(np.int32),
        targets=random.integers(vocabulary, size=(B, T)).astype(np.int32),
        targetWeights=weights,
        unitOf=np.minimum(np.arange(T) // 3, U - 1)[None].repeat(B, 0).astype(np.int32),
        embeddings=F.normalize(torch.from_numpy(random.standard_normal((B, U, config["encoder"]["embedding_size"]))), dim=-1).numpy().astype(np.float32),
        kinds=random.integers(config["planner"]["kinds"], size=(B, U)).astype(np.int32),
        isStart=is_start,
        labels=random.integers(config["labels"]["count"], size=(B, U, steps)).astype(np.int32),
        labelWeights=known,
    )


class Reference(torch.nn.Module):
    def __init__(self, folder: Path, config: dict):
        super().__init__()
        self.config, count = config, config["labels"]["count"]
        self.lm = LanguageModel(config["lm"])
        self.adapter = Adapter(config["adapter"], config["lm"]["num_hidden_layers"], count, config["lm"]["hidden_size"])
        self.planner = Planner(config["planner"], count, config["encoder"]["embedding_size"])
        for name in ("lm", "adapter", "planner"):
            state = unpack(load_file(folder / f"{name}.safetensors"))
            getattr(self, name).load_state_dict(state)

    def plan(self, batch: dict[str, Tensor]) -> Tensor:
        """Logits [B, U, steps, K] at positions that have read embeddings[:, p], or nothing."""
        c, p = self.config["planner"], self.planner.planner
        x = torch.where(batch["isStart"].bool(), p.start, p.input(batch["embeddings"]) + p.kinds(batch["kinds"].long()))
        cos, sin = rotary(U, c["head_dim"], c["rope_theta"], x.device)
        at = torch.arange(U)
        behind = at[:, None] - at[None, :]
        mask = (behind >= 0) & (behind < c["window"])
        for block in p.layers:
            x = block(x, cos, sin, mask=mask)
        x = p.norm(x)
        return torch.stack([head(x) for head in p.heads], -2) / c["temperature"]

    def mixture(self, row: str, logits: Tensor, gold: Tensor, known: Tensor) -> Tensor | None:
        count = logits.shape[-1]
        hard = F.one_hot(logits.argmax(-1), count).float()
        soft = logits.softmax(-1)
        return {
            "none": lambda: None,
            "fixed": lambda: F.one_hot(torch.full_like(gold, self.config["adapter"]["fixed_label"]), count).float(),
            "uniform": lambda: torch.full_like(logits, 1 / count),
            "oracle": lambda: torch.where(known[..., None] > 0, F.one_hot(gold, count).float(), hard),
            "predicted": lambda: hard,
            "soft-frozen": lambda: soft.detach(),
            "straight-through": lambda: hard + soft - soft.detach(),
            "soft-joint": lambda: soft,
        }[row]()

    def forward(self, row: str, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        logits = self.plan(batch)
        weights = batch["labelWeights"] * torch.tensor(STEP_WEIGHTS)
        nll = F.cross_entropy(logits.flatten(0, 2), batch["labels"].long().flatten(), reduction="none")
        planner = (nll * weights.flatten()).sum() / weights.sum()
        mixture = self.mixture(row, logits[:, :, 0], batch["labels"][:, :, 0].long(), batch["labelWeights"][:, :, 0])
        plan = None if mixture is None else self.adapter(of_tokens(mixture, batch["unitOf"].long()))
        out = self.lm.logits(self.lm(batch["tokens"].long(), plan))
        nll = F.cross_entropy(out.flatten(0, 1), batch["targets"].long().flatten(), reduction="none")
        return (nll * batch["targetWeights"].flatten()).sum() / batch["targetWeights"].sum(), planner


def rate(step: int) -> float:
    if step <= WARMUP:
        return step / WARMUP
    return 0.5 * (1 + math.cos(math.pi * (step - WARMUP) / (STEPS - WARMUP)))


def train(folder: Path, config: dict, row: str, batch: dict[str, Tensor]) -> dict:
    model = Reference(folder, config)
    joint = row in ("straight-through", "soft-joint")
    groups = []
    for name in ("lm", *(() if row == "none" else ("adapter",)), *(("planner",) if joint else ())):
        parameters = list(getattr(model, name).parameters())
        for decayed in (True, False):
            members = [p for p in parameters if (p.dim() >= 2) == decayed]
            groups.append(dict(params=members, lr=RATES[name], weight_decay=DECAY if decayed else 0.0, base=RATES[name]))
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.95), eps=1e-8)
    losses = []
    for step in range(1, STEPS + 1):
        tunes_planner = joint and step >= UNFREEZE
        for p in model.planner.parameters():
            p.requires_grad_(tunes_planner)
        optimiser.zero_grad(set_to_none=True)
        lm, planner = model(row, batch)
        (lm + (PLANNER_TERM * planner if tunes_planner else 0)).backward()
        norm = torch.nn.utils.clip_grad_norm_([p for g in groups for p in g["params"] if p.grad is not None], CLIP)
        for group in optimiser.param_groups:
            group["lr"] = group["base"] * rate(step)
        optimiser.step()
        losses.append([lm.item(), planner.item(), norm.item()])
    return losses


def first_gradients(folder: Path, config: dict, row: str, batch: dict[str, Tensor]) -> dict:
    """Of lm + PLANNER_TERM · planner, for every parameter: the norm, and up to eight values."""
    model, gradients = Reference(folder, config), {}
    lm, planner = model(row, batch)
    (lm + PLANNER_TERM * planner).backward()
    for group in ("lm", "adapter", "planner"):
        for name, p in getattr(model, group).named_parameters():
            flat = torch.zeros(p.numel()) if p.grad is None else p.grad.flatten()
            at = torch.linspace(0, len(flat) - 1, min(8, len(flat))).long()
            gradients[name] = dict(norm=flat.norm().item(), at=at.tolist(), values=flat[at].tolist())
    return gradients


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)
    config = json.loads((options.model / "config.json").read_text())
    arrays = make_batch(config, np.random.default_rng(1))
    batch = {k: torch.from_numpy(v) for k, v in arrays.items()}
    settings = dict(shape=dict(batch=B, length=T, units=U), steps=STEPS, warmup=WARMUP, unfreeze=UNFREEZE, plannerTerm=PLANNER_TERM,
                    rates=RATES, decay=DECAY, clip=CLIP)
    result = dict(settings=settings, batch={k: packed(v) for k, v in arrays.items()},
                  losses={row: train(options.model, config, row, batch) for row in ROWS},
                  gradients={row: first_gradients(options.model, config, row, batch) for row in ("straight-through", "soft-joint")})
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result) + "\n")
    for row, losses in result["losses"].items():
        print(row, [[round(x, 4) for x in step] for step in losses[::5]])
