"""Distils the sentence encoder from the teacher, and embeds datasets with it.

    python distil.py train --config … --tokenizer … --data train.npz --out encoder.pt [--units 250000 --epochs 2]
    python distil.py embed --config … --encoder encoder.pt --data train.npz --out train-embeddings.npy

The student reads our own tokens; its loss is one minus the cosine to the teacher's vector of the same text, plus the error of the
batch's matrix of similarities (what k-means and nearest neighbours see).
"""

import argparse
import math
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from model import Encoder, autocast, load_config
from muon import optimisers


def unit_tokens(data, indices: np.ndarray, device) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens [n, longest] and mask of the units."""
    starts, lengths = data["text_starts"][indices], data["text_starts"][indices + 1] - data["text_starts"][indices]
    tokens = np.zeros((len(indices), lengths.max()), dtype=np.int64)
    for row, (s, n) in enumerate(zip(starts, lengths)):
        tokens[row, :n] = data["text_tokens"][s : s + n]
    mask = np.arange(tokens.shape[1])[None] < lengths[:, None]
    return torch.from_numpy(tokens).to(device), torch.from_numpy(mask).to(device)


def by_length(lengths: np.ndarray, size: int, random: np.random.Generator | None) -> list[np.ndarray]:
    """Batches of similar length: random order within and among batches where a generator is given."""
    noise = random.random(len(lengths)) * 4 if random else np.zeros(len(lengths))
    order = np.argsort(lengths + noise, kind="stable")
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    if random:
        random.shuffle(batches)
    return batches


def teach(options) -> None:
    from teacher import Teacher

    random, device = np.random.default_rng(0), options.device
    torch.manual_seed(0)
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    data = dict(np.load(options.data))
    total = len(data["kinds"])
    chosen = np.sort(random.choice(total, min(options.units, total), replace=False))
    lengths = data["text_starts"][chosen + 1] - data["text_starts"][chosen]
    teacher = Teacher(device)
    cache = options.out.with_suffix(".teacher.npy")
    if cache.exists():
        targets = np.load(cache)
    else:
        texts = [tokenizer.decode(data["text_tokens"][data["text_starts"][i] : data["text_starts"][i + 1]].tolist()) for i in chosen]
        targets = np.zeros((len(chosen), 384), dtype=np.float16)
        for n, rows in enumerate(by_length(lengths, 256, None)):
            targets[rows] = teacher.embed([texts[i] for i in rows]).cpu().numpy()
            if n % 100 == 0:
                print(f"teacher: {n * 256} of {len(chosen)}", flush=True)
        np.save(cache, targets)
    config = load_config(options.config)["encoder"]
    student = Encoder(config)
    student.encoder.embed_tokens.weight.data.copy_(teacher.token_embeddings(tokenizer, config["hidden_size"]))
    student.to(device)
    optimiser_list = optimisers(student)
    base_rates = [o.param_groups[0]["lr"] for o in optimiser_list]
    held_out = random.choice(len(chosen), 2048, replace=False)
    learn = np.setdiff1d(np.arange(len(chosen)), held_out)
    steps = options.epochs * math.ceil(len(learn) / options.batch)
    step, running = 0, []
    for _ in range(options.epochs):
        for rows in by_length(lengths[learn], options.batch, random):
            rows = learn[rows]
            tokens, mask = unit_tokens(data, chosen[rows], device)
            goal = torch.from_numpy(targets[rows]).to(device).float()
            with autocast(device):
                out = student(tokens, mask).float()
            distance = 1 - (out * goal).sum(-1).mean()
            relations = (out @ out.T - goal @ goal.T).pow(2).mean()
            (distance + relations).backward()
            for optimiser, base in zip(optimiser_list, base_rates):
                for group in optimiser.param_groups:
                    group["lr"] = base * min(1, (step + 1) / 50, (1 - step / steps) / 0.6)
                optimiser.step()
                optimiser.zero_grad(set_to_none=True)
            running.append(distance.item())
            step += 1
            if step % 50 == 0:
                print(f"step {step} of {steps}: 1 - cosine {np.mean(running):.4f}", flush=True)
                running = []
    student.eval()
    mine = embed(student, data, chosen[held_out], device)
    cosine = (mine * targets[held_out]).sum(-1).mean()
    theirs = torch.from_numpy(targets[held_out]).float()
    near, own = theirs @ theirs.T, torch.from_numpy(mine) @ torch.from_numpy(mine).T
    near.fill_diagonal_(-2), own.fill_diagonal_(-2)
    same = (near.argmax(1) == own.argmax(1)).float().mean().item()
    print(f"held out: mean cosine to the teacher {cosine:.4f}, same nearest neighbour among 2,048: {same:.3f}")
    torch.save(dict(model=student.state_dict(), cosine=float(cosine), neighbour=same), options.out)


@torch.inference_mode()
def embed(encoder: Encoder, data, indices: np.ndarray, device, batch: int = 512) -> np.ndarray:
    """Unit vectors [n, 384], float32, in the order of the indices."""
    out = np.zeros((len(indices), encoder.config["embedding_size"]), dtype=np.float32)
    lengths = data["text_starts"][indices + 1] - data["text_starts"][indices]
    for n, rows in enumerate(by_length(lengths, batch, None)):
        tokens, mask = unit_tokens(data, indices[rows], device)
        with autocast(device):
            out[rows] = encoder(tokens, mask).float().cpu().numpy()
        if n % 200 == 199:
            print(f"embedded {n * batch} of {len(indices)}", flush=True)
    return out


def load_encoder(config: dict, path: Path, device) -> Encoder:
    encoder = Encoder(config["encoder"])
    encoder.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["model"])
    return encoder.to(device).eval()


def embed_file(options) -> None:
    data = dict(np.load(options.data))
    encoder = load_encoder(load_config(options.config), options.encoder, options.device)
    np.save(options.out, embed(encoder, data, np.arange(len(data["kinds"])), options.device).astype(np.float16))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("train")
    train.set_defaults(run=teach)
    train.add_argument("--tokenizer", type=Path, required=True)
    train.add_argument("--units", type=int, default=250_000)
    train.add_argument("--epochs", type=int, default=2)
    train.add_argument("--batch", type=int, default=256)
    use = commands.add_parser("embed")
    use.set_defaults(run=embed_file)
    use.add_argument("--encoder", type=Path, required=True)
    for command in (train, use):
        command.add_argument("--config", type=Path, required=True)
        command.add_argument("--data", type=Path, required=True)
        command.add_argument("--out", type=Path, required=True)
        command.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    options.run(options)
