"""Compares label sets: how many labels, and what is taken off the embeddings before they are grouped.

    python label_sets.py --config … --data train.npz --embeddings train.npy --valid valid.npz --valid-embeddings valid.npy --out label_sets.jsonl

`none`: embeddings as they are. `document`: minus the causal mean of their document. `topics`: minus their projection on the directions in which the means
of documents differ most. Of each set, on the validation split: entropy, what a label says of its document (less: more abstract), how far two seeds agree
(adjusted Rand index), and what a planner trained for `--epochs` makes of it beside a label bigram. Cross-entropies of different counts cannot be compared;
what can is by how much the planner lowers the entropy. Sets that are in the file already are not made again.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from labels import PRIOR_WEIGHT, centre, information, kmeans, nearest
from model import Planner, load_config
from planner import bigram, measure, train


def topic_directions(embeddings: np.ndarray, unit_starts: np.ndarray, count: int) -> np.ndarray:
    """Orthonormal directions [count, e] in which the means of documents vary most."""
    means = np.stack([embeddings[a:b].mean(0) for a, b in zip(unit_starts[:-1], unit_starts[1:]) if b > a])
    return np.linalg.svd(means - means.mean(0), full_matrices=False)[2][:count]


def rand_index(a: np.ndarray, b: np.ndarray) -> float:
    """Adjusted for chance (Hubert and Arabie 1985): 1 where two groupings are the same, 0 where they agree as chance has it."""
    pairs = lambda counts: float((counts.astype(np.float64) * (counts - 1) / 2).sum())
    both = pairs(np.unique(a.astype(np.int64) * (b.max() + 1) + b, return_counts=True)[1])
    first, second = pairs(np.bincount(a)), pairs(np.bincount(b))
    chance = first * second / (len(a) * (len(a) - 1) / 2)
    return (both - chance) / ((first + second) / 2 - chance)


def entropy(labels: np.ndarray) -> float:
    """In nats."""
    share = np.bincount(labels) / len(labels)
    return float(-(share[share > 0] * np.log(share[share > 0])).sum())


def main(options) -> None:
    config = load_config(options.config)
    data, valid = dict(np.load(options.data)), dict(np.load(options.valid))
    embeddings, valid_embeddings = (np.load(path).astype(np.float32) for path in (options.embeddings, options.valid_embeddings))
    mean = embeddings.mean(0)
    topics = topic_directions(embeddings, data["unit_starts"], options.topics)
    places = dict(
        none=lambda e, starts: e,
        document=lambda e, starts: centre(e, starts, mean, PRIOR_WEIGHT),
        topics=lambda e, starts: (e - mean) - (e - mean) @ topics.T @ topics,
    )
    known = options.out.read_text().splitlines() if options.out.exists() else []
    made = {(one["centering"], one["count"]) for one in map(json.loads, known)}
    for centering in options.centering:
        points, valid_points = (torch.from_numpy(places[centering](e, d["unit_starts"])) for e, d in ((embeddings, data), (valid_embeddings, valid)))
        fit = torch.from_numpy(np.random.default_rng(0).choice(len(points), min(options.fit, len(points)), replace=False))
        for count in options.counts:
            if (centering, count) in made:
                continue
            centroids, other = (kmeans(points[fit], count, seed) for seed in (0, 1))
            labels, valid_labels = nearest(points, centroids).numpy(), nearest(valid_points, centroids).numpy()
            torch.manual_seed(0)
            planner = Planner(config["planner"], count, centroids.shape[1])
            planner.set_centroids(centroids)
            planner.to(options.device)
            train(planner, data, embeddings, labels, options.epochs, 16, options.device, 0)
            facts = measure(planner, valid, valid_embeddings, valid_labels, options.device)
            facts.update(
                centering=centering,
                count=count,
                entropy=round(entropy(valid_labels), 3),
                bigram=round(bigram(labels, data["unit_starts"], valid_labels, valid["unit_starts"], count), 3),
                document_bits=round(information(valid_labels, valid["unit_starts"], count), 3),
                stability=round(rand_index(valid_labels, nearest(valid_points, other).numpy()), 3),
                explained=round(1 - float((valid_points - centroids[valid_labels]).pow(2).sum() / (valid_points - valid_points.mean(0)).pow(2).sum()), 3),
            )
            print(json.dumps(facts), flush=True)
            with open(options.out, "a") as file:
                file.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "data", "embeddings", "valid", "valid-embeddings", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--counts", type=int, nargs="+", default=[128, 256, 512, 1024])
    parser.add_argument("--centering", nargs="+", choices=("none", "document", "topics"), default=["none", "document", "topics"])
    parser.add_argument("--topics", type=int, default=32, help="directions that are taken off")
    parser.add_argument("--fit", type=int, default=100_000, help="units that k-means sees")
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    main(parser.parse_args())
