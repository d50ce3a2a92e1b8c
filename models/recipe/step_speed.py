"""The joint step in PyTorch, float32, for the extension's training benchmark (npm run bench -- training): milliseconds per step and peak memory.

    python step_speed.py --model ../starter --batch 2 --threads 2
"""

import argparse
import json
import resource
import time
from pathlib import Path

import torch

import fixtures_training as reference

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--length", type=int, default=512)
    parser.add_argument("--units", type=int, default=128)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    config = json.loads((options.model / "config.json").read_text())
    b, t, u = options.batch, options.length, options.units
    reference.U = u
    model = reference.Reference(options.model, config)
    steps = config["planner"]["steps"]
    batch = dict(
        tokens=torch.randint(config["lm"]["vocab_size"], (b, t)),
        targets=torch.randint(config["lm"]["vocab_size"], (b, t)),
        targetWeights=torch.ones(b, t),
        unitOf=(torch.arange(t) // 10 + u // 2).clamp(max=u - 1)[None].repeat(b, 1),
        embeddings=torch.randn(b, u, config["encoder"]["embedding_size"]) * 0.05,
        kinds=torch.randint(config["planner"]["kinds"], (b, u)),
        isStart=torch.zeros(b, u, 1),
        labels=torch.randint(config["labels"]["count"], (b, u, steps)),
        labelWeights=torch.ones(b, u, steps),
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.01)
    milliseconds = []
    for _ in range(options.steps):
        began = time.perf_counter()
        lm, planner = model("soft-joint", batch)
        (lm + reference.PLANNER_TERM * planner).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        milliseconds.append((time.perf_counter() - began) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(dict(milliseconds=milliseconds, peakMegabytes=peak, torch=torch.__version__)))
