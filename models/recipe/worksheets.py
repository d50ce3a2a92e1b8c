"""What a person reads to name the labels: of each its key terms, how its sentences typically begin, and random sentences of it.

    python worksheets.py --model ../starter --data name.npz --embeddings name.npy --tokenizer … --corpus DIR --out worksheets.jsonl

The sentences are drawn at random among all that carry the label, not nearest to its centroid, from sources whose licence allows it, each with its source. The
labels come most frequent first. names.jsonl beside this file has what was made of them; names.py puts it into a model's labels.json.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from corpus import read_split
from dataset import unit_text
from labels import PERMISSIVE
from reuse import labels_of

LONGEST = 200


def main(options) -> None:
    data = dict(np.load(options.data))
    labels = labels_of(options.model, data["unit_starts"], np.load(options.embeddings))
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    licences = {d["id"]: d["licence"] for d in read_split(options.corpus, options.split)}
    known = json.loads((options.model / "labels.json").read_text())["labels"]
    document = np.repeat(np.arange(len(data["unit_starts"]) - 1), np.diff(data["unit_starts"]))
    random = np.random.default_rng(options.seed)
    with open(options.out, "w") as file:
        for label in sorted(known, key=lambda one: -one["frequency"]):
            mine, sentences, openings = random.permutation(np.flatnonzero(labels == label["id"])), [], Counter()
            for i in mine[:400]:
                text, source = " ".join(unit_text(data, tokenizer, i).split()), str(data["ids"][document[i]])
                openings[" ".join(text.split()[:2])] += 1
                if len(sentences) < options.sentences and len(text) >= 8 and PERMISSIVE.match(licences.get(source, "")):
                    shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
                    sentences.append(dict(text=shown, source=f"{source} ({licences[source]})"))
            line = dict(id=label["id"], frequency=label["frequency"], terms=label["terms"], openings=openings.most_common(5), sentences=sentences)
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("model", "data", "embeddings", "tokenizer", "corpus", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--split", default="train")
    parser.add_argument("--sentences", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    main(parser.parse_args())
