"""What rows write, beside what the authors wrote: the generation metrics of the papers.

    python generations.py --model ../starter --encoder encoder.pt --data train.npz --embeddings train.npy --texts rows/*.jsonl

Each of the texts is what `npm run bench -- continuations` writes for one row: JSON lines of {id, truth, written}. Printed for each, means over its texts:
  edit       Levenshtein distance between the label sequences of what was written and of the truth, by the longer one's length (2404.00614)
  rouge2     F1 of bigrams of words
  latent     latent perplexity: of the label sequences, under a bigram of the training documents' labels; that of the truth is printed beside it
  mauve      with --mauve: MAUVE (Pillutla et al. 2021) of what was written and the truth, of features of the encoder's teacher, where the paper takes a large LM's;
             it depends on how many texts there are, so that only rows with the same places can be compared
Sentences are labelled by the encoder, as everywhere.
"""

import argparse
import functools
import json
import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from dataset import build
from distil import embed, load_encoder
from model import load_config
from planner import bigram
from reuse import labels_of
from teacher import Teacher

# Word pieces of a text that the teacher reads: the 128 tokens that rows write are fewer.
MAUVE_TOKENS = 256


def levenshtein(a: list[int], b: list[int]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def rouge2(text: str, truth: str) -> float:
    """F1 of word bigrams (Lin 2004)."""
    ours, theirs = (Counter(zip(words, words[1:])) for words in (re.findall(r"\w+", t.lower()) for t in (text, truth)))
    shared = sum((ours & theirs).values())
    return 2 * shared / max(1, sum(ours.values()) + sum(theirs.values()))


def mauve(teacher: Teacher, written: list[str], truth: list[str]) -> float:
    """Between 0 and 1: 1 where the two sets of texts have the same distribution."""
    # Here, since nothing else needs the package.
    from mauve import compute_mauve

    p, q = (np.concatenate([teacher.embed(texts[a : a + 64]).numpy() for a in range(0, len(texts), 64)]) for texts in (truth, written))
    return float(compute_mauve(p_features=p, q_features=q, verbose=False).mauve)


def main(options) -> None:
    config, tokenizer = load_config(options.model / "config.json"), Tokenizer.from_file(str(options.model / "tokenizer.json"))
    encoder = load_encoder(config, options.encoder, "cpu")
    train = np.load(options.data)
    train_labels = labels_of(options.model, train["unit_starts"], np.load(options.embeddings))
    count = config["labels"]["count"]

    teacher = Teacher("cpu", MAUVE_TOKENS) if options.mauve else None

    # What the authors wrote is the same beside each row.
    @functools.cache
    def labelled(texts: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Labels of all units of these texts, and where each text's begin."""
        data = build((dict(id=str(n), text=text) for n, text in enumerate(texts)), tokenizer)
        return labels_of(options.model, data["unit_starts"], embed(encoder, data, np.arange(len(data["kinds"])), "cpu")), data["unit_starts"]

    def sequences(labels: np.ndarray, starts: np.ndarray) -> list[list[int]]:
        return [labels[a:b].tolist() for a, b in zip(starts[:-1], starts[1:])]

    def latent(labels: np.ndarray, starts: np.ndarray) -> float:
        return math.exp(bigram(train_labels, train["unit_starts"], labels, starts, count))

    for path in options.texts:
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        written, truth = (labelled(tuple(line[side] for line in lines)) for side in ("written", "truth"))
        distances = [levenshtein(a, b) / max(1, len(a), len(b)) for a, b in zip(sequences(*written), sequences(*truth))]
        facts = dict(
            row=path.stem,
            texts=len(lines),
            words=round(float(np.mean([len(line["written"].split()) for line in lines])), 1),
            edit=round(float(np.mean(distances)), 3),
            rouge2=round(float(np.mean([rouge2(line["written"], line["truth"]) for line in lines])), 4),
            latent=round(latent(*written), 1),
            latent_of_truth=round(latent(*truth), 1),
        )
        if teacher:
            facts.update(mauve=round(mauve(teacher, [line["written"] for line in lines], [line["truth"] for line in lines]), 3))
        print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("model", "encoder", "data", "embeddings"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--texts", type=Path, nargs="+", required=True)
    parser.add_argument("--mauve", action="store_true", help="needs the teacher, and mauve-text (0.4.0)")
    main(parser.parse_args())
