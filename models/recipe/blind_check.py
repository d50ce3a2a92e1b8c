"""Do the names of the labels say something true? A blind check: of a held-out sentence, its label's name must be picked among four.

    python blind_check.py draw --model ../starter --data valid.npz --embeddings valid.npy --tokenizer … --out check.md --key check.key
    python blind_check.py score --key check.key --answers answers.txt

The sentences are drawn at random, one of a document; the three other names are those of labels of like frequency. A reader sees sentences and names only and writes
a line for each: its number and the letter of the name that fits best.
"""

import argparse
import json
import re
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from dataset import unit_text
from reuse import labels_of

LETTERS = "ABCD"
# Other names come from among so many labels next in frequency, on either side.
LIKE = 12


def draw(options) -> None:
    data, random = dict(np.load(options.data)), np.random.default_rng(options.seed)
    observed = labels_of(options.model, data["unit_starts"], np.load(options.embeddings))
    labels = json.loads((options.model / "labels.json").read_text())["labels"]
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    order = sorted(range(len(labels)), key=lambda k: -labels[k]["frequency"])
    place = {k: i for i, k in enumerate(order)}
    documents = [(a, b) for a, b in zip(data["unit_starts"][:-1], data["unit_starts"][1:]) if b > a]
    lines, key = [], []
    for n, d in enumerate(random.permutation(len(documents))[: options.sentences], 1):
        unit = int(random.integers(*documents[d]))
        own = int(observed[unit])
        first = min(max(0, place[own] - LIKE), len(order) - 2 * LIKE - 1)
        others = random.choice([k for k in order[first : first + 2 * LIKE + 1] if k != own], 3, replace=False)
        shown = random.permutation([own, *others])
        text = unit_text(data, tokenizer, unit)
        lines.append(f"{n}. {' '.join(text.split())[:300]}\n" + "".join(f"   {letter}: {labels[k]['name']}\n" for letter, k in zip(LETTERS, shown)))
        key.append(dict(n=n, answer=LETTERS[int(np.flatnonzero(shown == own)[0])], label=own))
    options.out.write_text("\n".join(lines))
    options.key.write_text("".join(json.dumps(one) + "\n" for one in key))


def score(options) -> None:
    key = {one["n"]: one["answer"] for one in map(json.loads, options.key.read_text().splitlines())}
    answers = {int(n): letter.upper() for n, letter in re.findall(r"(\d+)\W+([A-Da-d])\b", options.answers.read_text())}
    right = sum(answers.get(n) == letter for n, letter in key.items())
    print(f"{right} of {len(key)} right ({right / len(key):.1%}), {len(key.keys() - answers.keys())} unanswered; by chance a quarter")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("draw")
    one.set_defaults(run=draw)
    for name in ("model", "data", "embeddings", "tokenizer", "out", "key"):
        one.add_argument(f"--{name}", type=Path, required=True)
    one.add_argument("--sentences", type=int, default=200)
    one.add_argument("--seed", type=int, default=0)
    other = commands.add_parser("score")
    other.set_defaults(run=score)
    for name in ("key", "answers"):
        other.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    options.run(options)
