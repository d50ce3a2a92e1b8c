"""Compares label sets: how many labels, and in which space sentences are grouped.

    python label_sets.py --config … --data train.npz --embeddings train.npy --valid valid.npz --valid-embeddings valid.npy --out label_sets.jsonl

`none`: embeddings as they are. `document`: minus the causal mean of their document. `topics`: minus their projection on the directions in which the means
of documents differ most. `acts`: projected on the directions in which sentences differ by what they do (acts.py), found without the documents that acts.held_out keeps back.
Of each set, on the validation split: entropy, what a label says of its document (less: more abstract), how far two seeds agree (adjusted Rand index); on those documents, what a
label says of the act that a reader saw. With --epochs also what a planner trained so long makes of the set, beside a label bigram: cross-entropies of different counts
cannot be compared; what can is by how much the planner lowers the entropy. Sets that are in the file already are not made again.

With --keep each set is also written as a folder of its own (codebook.npz, the config with its count, planner.pt), for a joint stage under it: what it is worth to the LM is
said by joint.py --keep-lm from an adapter at zero, and evaluate.py (compare_sets.sh).
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from acts import ACTS, held_out, leading, read, regress
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


def act_bits(labels: np.ndarray, acts: np.ndarray, aside: np.ndarray, count: int, prior_weight: float = 2.0) -> float:
    """What a label tells of the act, in bits: by how much knowing it lowers the cross-entropy of acts that were held out."""
    overall = (np.bincount(acts[~aside], minlength=len(ACTS)) + 0.5) / ((~aside).sum() + 0.5 * len(ACTS))
    counts = prior_weight * np.tile(overall, (count, 1))
    np.add.at(counts, (labels[~aside], acts[~aside]), 1)
    known = counts / counts.sum(1, keepdims=True)
    return float((np.log2(known[labels[aside], acts[aside]]) - np.log2(overall[acts[aside]])).mean())


def keep(folder: Path, config: dict, centroids: np.ndarray, mean: np.ndarray, planner: Planner | None) -> None:
    """A label set as joint.py and evaluate.py take it. centroids [K, e]: the one nearest to an embedding (less its document's mean, where config says so) is its label."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "codebook.npz", centroids=centroids, mean=mean)
    (folder / "config.json").write_text(json.dumps(config))
    if planner is not None:
        torch.save(dict(model=planner.state_dict()), folder / "planner.pt")


def main(options) -> None:
    config = load_config(options.config)
    data, valid = dict(np.load(options.data)), dict(np.load(options.valid))
    embeddings, valid_embeddings = (np.load(path).astype(np.float32) for path in (options.embeddings, options.valid_embeddings))
    mean = embeddings.mean(0)
    topics = topic_directions(embeddings, data["unit_starts"], options.topics)
    units, acts = read(options.acts, data)
    aside = held_out(units, data)
    basis = leading(regress(embeddings[units[~aside]] - mean, acts[~aside]))
    places = dict(
        none=lambda e, starts: e,
        document=lambda e, starts: centre(e, starts, mean, PRIOR_WEIGHT),
        topics=lambda e, starts: (e - mean) - (e - mean) @ topics.T @ topics,
        acts=lambda e, starts: e @ basis @ basis.T,
    )
    known = options.out.read_text().splitlines() if options.out.exists() else []
    made = {(one["space"], one["count"]) for one in map(json.loads, known)}
    for space in options.spaces:
        points, valid_points = (torch.from_numpy(places[space](e, d["unit_starts"])) for e, d in ((embeddings, data), (valid_embeddings, valid)))
        fit = torch.from_numpy(np.random.default_rng(0).choice(len(points), min(options.fit, len(points)), replace=False))
        for count in options.counts:
            if (space, count) in made:
                continue
            centroids, other = (kmeans(points[fit], count, seed) for seed in (0, 1))
            labels, valid_labels = nearest(points, centroids).numpy(), nearest(valid_points, centroids).numpy()
            facts = dict(
                space=space,
                count=count,
                entropy=round(entropy(valid_labels), 3),
                document_bits=round(information(valid_labels, valid["unit_starts"], count), 3),
                act_bits=round(act_bits(labels[units], acts, aside, count), 3),
                stability=round(rand_index(valid_labels, nearest(valid_points, other).numpy()), 3),
            )
            planner = None
            if options.epochs > 0:
                torch.manual_seed(0)
                planner = Planner(config["planner"], count, centroids.shape[1])
                planner.set_centroids(centroids)
                planner.to(options.device)
                train(planner, data, embeddings, labels, options.epochs, 16, options.device, 0)
                facts.update(measure(planner, valid, valid_embeddings, valid_labels, options.device))
                facts.update(bigram=round(bigram(labels, data["unit_starts"], valid_labels, valid["unit_starts"], count), 3))
            if options.keep:
                own = dict(config, labels=dict(config["labels"], count=count, centering="document" if space == "document" else "none"))
                # The points of `topics` had the mean taken off; in its space, so that the nearest centroid stays the nearest.
                shift = mean - mean @ topics.T @ topics if space == "topics" else 0
                keep(options.keep / f"{space}-{count}", own, centroids.numpy() + np.float32(shift), mean, planner)
            print(json.dumps(facts), flush=True)
            with open(options.out, "a") as file:
                file.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "data", "embeddings", "valid", "valid-embeddings", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--acts", type=Path, default=Path(__file__).with_name("acts.jsonl"))
    parser.add_argument("--counts", type=int, nargs="+", default=[128, 256, 512, 1024])
    parser.add_argument("--spaces", nargs="+", choices=("none", "document", "topics", "acts"), default=["none", "document", "topics", "acts"])
    parser.add_argument("--topics", type=int, default=32, help="directions that are taken off")
    parser.add_argument("--fit", type=int, default=100_000, help="units that k-means sees")
    parser.add_argument("--epochs", type=float, default=0)
    parser.add_argument("--keep", type=Path, help="folder that gets a folder for each set")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    main(parser.parse_args())
