"""Abstract sentence labels: k-means on sentence embeddings (2404.00614 section 2), projected on the directions in which acts differ (acts.py).

    python labels.py --config … --data train.npz --embeddings train.npy --valid valid.npz --valid-embeddings valid.npy \
        --tokenizer tokenizer.json --corpus DIR --out labels/

The centroids lie in the space that is projected on, so that the centroid nearest to an embedding is the one nearest to its projection: who uses the codebook needs
to know nothing of it. With `centering` by document in the config the causal mean of the document is taken off first: the mean of the units read so far,
with `prior_weight` units' worth of the global mean, so that a label never depends on text that is not written yet. Writes codebook.npz (centroids, mean),
labels.json and a line of measurements.
"""

import argparse
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from acts import directions
from corpus import read_split
from dataset import unit_text
from model import load_config

PRIOR_WEIGHT = 8
PERMISSIVE = re.compile(r"^(MIT|Apache|BSD|CC0|Public domain|Unlicense|CC-BY(?!-SA))", re.I)
# Words that say nothing on their own. "if", "you", "should" and their like stay: they show what a sentence does.
EMPTY = set("a an and are as at be been but by for from had has have he her his in into is it its of on or our s she that the their them then there they this to was were which with".split())
WORD = re.compile(r"[A-Za-z][a-z']+(?:-[a-z]+)*")


def centre(embeddings: np.ndarray, unit_starts: np.ndarray, mean: np.ndarray, prior_weight: float) -> np.ndarray:
    """e_t minus the causal document mean, [N, e]."""
    out = np.empty_like(embeddings)
    for start, end in zip(unit_starts[:-1], unit_starts[1:]):
        own = embeddings[start:end]
        seen = np.arange(1, end - start + 1)[:, None]
        out[start:end] = own - (prior_weight * mean + np.cumsum(own, 0)) / (prior_weight + seen)
    return out


def nearest(points: torch.Tensor, centroids: torch.Tensor) -> torch.Tensor:
    offset = 0.5 * centroids.pow(2).sum(1)
    return torch.cat([(part @ centroids.T - offset).argmax(1) for part in points.split(16384)])


def kmeans(points: torch.Tensor, count: int, seed: int, iterations: int = 20, centroids: torch.Tensor | None = None) -> torch.Tensor:
    """Lloyd's algorithm, from k-means++ on a sample where it is not given centroids to begin with. points [n, e] → centroids [count, e]."""
    generator = torch.Generator().manual_seed(seed)
    centroids = spread(points, count, generator) if centroids is None else centroids
    for _ in range(iterations):
        owner = nearest(points, centroids)
        sums = torch.zeros_like(centroids).index_add_(0, owner, points)
        sizes = torch.bincount(owner, minlength=count)
        empty = sizes == 0
        centroids = sums / sizes.clamp(min=1)[:, None]
        if empty.any():
            centroids[empty] = points[torch.randint(len(points), (int(empty.sum()),), generator=generator)]
    return centroids


def spread(points: torch.Tensor, count: int, generator: torch.Generator) -> torch.Tensor:
    """k-means++: points that lie far from each other, [count, e]."""
    sample = points[torch.randperm(len(points), generator=generator)[: 20 * count]]
    centroids = sample[:1]
    distance = (sample - centroids[0]).pow(2).sum(1)
    for _ in range(count - 1):
        pick = sample[torch.multinomial(distance, 1, generator=generator)]
        centroids = torch.cat((centroids, pick))
        distance = torch.minimum(distance, (sample - pick[0]).pow(2).sum(1))
    return centroids


def information(labels: np.ndarray, unit_starts: np.ndarray, count: int, seed: int = 0) -> float:
    """Mutual information in bits between a unit's label and its document, over what shuffled labels would show (the estimate's bias)."""
    document = np.repeat(np.arange(len(unit_starts) - 1), np.diff(unit_starts))

    def plug_in(own: np.ndarray) -> float:
        _, joint = np.unique(document.astype(np.int64) * count + own, return_counts=True)
        entropy = lambda c: -(c / c.sum() * np.log2(c / c.sum())).sum()
        return entropy(np.bincount(own)[np.bincount(own) > 0]) + entropy(np.bincount(document)[np.bincount(document) > 0]) - entropy(joint)

    return plug_in(labels) - plug_in(np.random.default_rng(seed).permutation(labels))


def describe(labels: np.ndarray, points: np.ndarray, centroids: np.ndarray, data, tokenizer: Tokenizer, licences: dict[str, str]) -> list[dict]:
    """Key terms (class-based TF-IDF, arXiv 2203.05794) and example sentences of every label."""
    count = len(centroids)
    frequency = np.bincount(labels, minlength=count) / len(labels)
    document = np.repeat(np.arange(len(data["unit_starts"]) - 1), np.diff(data["unit_starts"]))
    random = np.random.default_rng(0)
    words, totals, examples = [], Counter(), []
    for k in range(count):
        mine = np.flatnonzero(labels == k)
        counted = Counter()
        for i in random.choice(mine, min(300, len(mine)), replace=False) if len(mine) else []:
            text = unit_text(data, tokenizer, i)
            tokens = [w.lower() for w in WORD.findall(text)]
            counted.update(set(tokens) | {f"{a} {b}" for a, b in zip(tokens, tokens[1:])})
        words.append(counted)
        totals.update(counted)
        chosen = []
        for i in mine[np.argsort(((points[mine] - centroids[k]) ** 2).sum(1))]:
            text, source = unit_text(data, tokenizer, i), str(data["ids"][document[i]])
            if 20 <= len(text) <= 160 and "\n" not in text and PERMISSIVE.match(licences.get(source, "")):
                if all(text != e["text"] for e in chosen):
                    chosen.append(dict(text=text, source=f"{source} ({licences[source]})"))
            if len(chosen) == 3:
                break
        examples.append(chosen)
    mean_words = sum(totals.values()) / count
    labels_out = []
    for k in range(count):
        size = max(1, sum(words[k].values()))
        score = {
            w: c / size * np.log(1 + mean_words / totals[w])
            for w, c in words[k].items()
            if c > 1 and not EMPTY.issuperset(w.split())
        }
        terms = []
        for word in sorted(score, key=score.get, reverse=True):
            if not any(word in t or t in word for t in terms):
                terms.append(word)
            if len(terms) == 6:
                break
        name = " · ".join(terms[:3]) or f"label {k}"
        labels_out.append(dict(id=k, name=name, terms=terms, examples=examples[k], frequency=round(float(frequency[k]), 6)))
    return labels_out


def observe(embeddings: np.ndarray, unit_starts: np.ndarray, book, config: dict) -> np.ndarray:
    """The label of each unit [units], as the extension finds it: the nearest centroid, after the centering that the label set was made with."""
    if len(book["centroids"]) != config["labels"]["count"]:
        raise ValueError(f"the codebook has {len(book['centroids'])} labels, the config {config['labels']['count']}: use the config of the model that it is from")
    points = placed(embeddings.astype(np.float32), unit_starts, book["mean"], config)
    return nearest(torch.from_numpy(points), torch.from_numpy(book["centroids"])).numpy()


def placed(embeddings: np.ndarray, unit_starts: np.ndarray, mean: np.ndarray, config: dict) -> np.ndarray:
    labels = config["labels"]
    return centre(embeddings, unit_starts, mean, labels["prior_weight"]) if labels["centering"] == "document" else embeddings


def main(options) -> None:
    torch.manual_seed(options.seed)
    config = load_config(options.config)
    count = config["labels"]["count"]
    data, valid = dict(np.load(options.data)), dict(np.load(options.valid))
    embeddings, valid_embeddings = (np.load(path).astype(np.float32) for path in (options.embeddings, options.valid_embeddings))
    mean = embeddings.mean(0)
    basis = directions(options.acts, data, embeddings)
    points, valid_points = (placed(e, d["unit_starts"], mean, config) @ basis for e, d in ((embeddings, data), (valid_embeddings, valid)))
    fit = np.random.default_rng(options.seed).choice(len(points), min(options.fit, len(points)), replace=False)
    start = None
    if options.earlier_labels:
        earlier = observe(np.load(options.earlier_embeddings), data["unit_starts"], np.load(options.earlier_labels / "codebook.npz"), config)
        start = torch.from_numpy(np.stack([points[earlier == k].mean(0) for k in range(count)]))
    centroids = kmeans(torch.from_numpy(points[fit]), count, options.seed, centroids=start)
    labels, valid_labels = (nearest(torch.from_numpy(p), centroids).numpy() for p in (points, valid_points))
    options.out.mkdir(parents=True, exist_ok=True)
    np.savez(options.out / "codebook.npz", centroids=centroids.numpy() @ basis.T, mean=mean)
    share = np.bincount(labels, minlength=count) / len(labels)
    facts = dict(
        count=count,
        entropy=round(float(-(share[share > 0] * np.log2(share[share > 0])).sum()), 3),
        document_information=round(information(valid_labels, valid["unit_starts"], count), 3),
        explained=round(1 - float(((points - centroids.numpy()[labels]) ** 2).sum() / ((points - points.mean(0)) ** 2).sum()), 3),
    )
    print(json.dumps(facts))
    (options.out / "facts.json").write_text(json.dumps(facts))
    licences = {d["id"]: d["licence"] for d in read_split(options.corpus, "train")}
    described = describe(labels, points, centroids.numpy(), data, Tokenizer.from_file(str(options.tokenizer)), licences)
    (options.out / "labels.json").write_text(json.dumps(dict(labels=described), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "data", "embeddings", "valid", "valid-embeddings", "tokenizer", "corpus", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--acts", type=Path, default=Path(__file__).with_name("acts.jsonl"))
    parser.add_argument("--earlier-labels", type=Path, help="an earlier set, whose groups k-means begins with: what can stay keeps its number")
    parser.add_argument("--earlier-embeddings", type=Path, help="of the same units, by the encoder that the earlier set was made with")
    parser.add_argument("--fit", type=int, default=200_000, help="units that k-means sees")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if (given.earlier_labels is None) != (given.earlier_embeddings is None):
        parser.error("--earlier-labels and --earlier-embeddings go together")
    main(given)
