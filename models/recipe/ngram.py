"""The n-gram baseline: interpolated Kneser-Ney over the same tokens (Chen and Goodman 1999, one discount per order).

    python ngram.py --shards DIR --data test.npz --tokenizer tokenizer.json [--order 5] [--train-tokens 30000000]
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from tokenizer import characters


class KneserNey:
    """Contexts are numbered order by order: the number of (context, token) is its place in a sorted array of packed pairs."""

    def __init__(self, tokens: np.ndarray, order: int, vocabulary: int):
        self.order, self.vocabulary, self.levels = order, vocabulary, []
        tokens = tokens.astype(np.int64)
        # ids[n][i]: the number of the n-gram that ends at i.
        grams = []
        context = np.zeros(len(tokens), dtype=np.int64)
        for n in range(1, order + 1):
            keys = context * vocabulary + tokens
            unique, ids, counts = np.unique(keys, return_inverse=True, return_counts=True)
            grams.append((unique, ids, counts))
            context = np.concatenate(([0], ids[:-1]))
        for n in range(1, order + 1):
            unique, ids, counts = grams[n - 1]
            if n < order:
                # Lower orders count distinct left neighbours (continuation counts): each longer n-gram once.
                longer = grams[n]
                first = np.zeros(len(longer[0]), dtype=np.int64)
                first[longer[1]] = np.arange(len(tokens))
                counts = np.bincount(ids[first], minlength=len(unique))
            discount = (counts == 1).sum() / max(1, (counts == 1).sum() + 2 * (counts == 2).sum())
            contexts = unique // vocabulary
            size = int(contexts.max()) + 1
            totals = np.bincount(contexts, weights=counts, minlength=size)
            kinds = np.bincount(contexts, weights=counts > 0, minlength=size)
            self.levels.append((unique, counts, totals, kinds, discount))

    def nats(self, tokens: np.ndarray) -> np.ndarray:
        """Negative log probability of every token given those before it."""
        tokens = tokens.astype(np.int64)
        probability = np.full(len(tokens), 1 / self.vocabulary)
        context, known = np.zeros(len(tokens), dtype=np.int64), np.ones(len(tokens), dtype=bool)
        for unique, counts, totals, kinds, discount in self.levels:
            keys = context * self.vocabulary + tokens
            at = np.minimum(np.searchsorted(unique, keys), len(unique) - 1)
            hit = known & (unique[at] == keys)
            safe = np.minimum(context, len(totals) - 1)
            usable = known & (totals[safe] > 0)
            total = np.where(usable, totals[safe], 1)
            direct = np.where(hit, np.maximum(counts[at] - discount, 0), 0) / total
            probability = np.where(usable, direct + discount * kinds[safe] / total * probability, probability)
            # The next order's context is the n-gram that ends one token earlier, where there is such an n-gram.
            context = np.concatenate(([0], np.where(hit, at, 0)[:-1]))
            known = np.concatenate(([False], hit[:-1]))
        return -np.log(probability)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("shards", "data", "tokenizer"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--order", type=int, default=5)
    parser.add_argument("--train-tokens", type=int, default=30_000_000, help="half of general writing, half of reference")
    parser.add_argument("--tokens", type=int, default=400_000, help="of the test split, as in evaluate.py")
    options = parser.parse_args()
    half = options.train_tokens // 2
    parts = []
    for stream in ("general", "reference"):
        paths = sorted(options.shards.glob(f"train-{stream}-*.bin"))
        parts.append(np.concatenate([np.fromfile(p, dtype=np.uint16, count=half) for p in paths])[:half])
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    model = KneserNey(np.concatenate(parts), options.order, tokenizer.get_vocab_size())
    test = np.load(options.data)["tokens"]
    nats, words = model.nats(test), np.flatnonzero(test != 0)[: options.tokens]
    sizes = characters(tokenizer)
    bits = nats[words].sum() / math.log(2) / sizes[test[words]].sum()
    print(json.dumps(dict(row=f"{options.order}-gram Kneser-Ney", perplexity=round(float(np.exp(nats[words].mean())), 2), bitsPerCharacter=round(float(bits), 4))))
