"""General text that fine-tuning mixes with a writer's own, against forgetting: replay.jsonl of a model folder.

    python replay.py --corpus DIR --model ../starter

Public-domain documents only, so that nothing is owed with a model tuned on them; each from its beginning to the end of a paragraph, no source with more than
MOST of them.
"""

import argparse
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np

from corpus import read_split
from export import checksums

PUBLIC = re.compile(r"^(Public domain|CC0|Unlicense)", re.I)
SHORTEST, LONGEST = 800, 5500
MOST = 8


def beginning(text: str) -> str:
    """The text up to the last paragraph that ends within LONGEST characters."""
    return text if len(text) <= LONGEST else text[: text.rfind("\n\n", 0, LONGEST)].rstrip() if "\n\n" in text[:LONGEST] else ""


def main(options) -> None:
    public = [d for d in read_split(options.corpus, "train") if PUBLIC.match(d["licence"])]
    chosen, per_source, characters = [], Counter(), 0
    for i in np.random.default_rng(options.seed).permutation(len(public)):
        document = public[i]
        text = beginning(document["text"])
        if len(text) < SHORTEST or per_source[document["source"]] == MOST:
            continue
        per_source[document["source"]] += 1
        characters += len(text)
        chosen.append(dict(source=document["id"], licence=document["licence"], text=text))
        if characters >= options.characters:
            break
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in chosen)
    (options.model / "replay.jsonl").write_text("".join(lines), encoding="utf-8")
    checksums(options.model)
    print(f"{len(chosen)} documents of {len(per_source)} sources, {characters:,} characters")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--characters", type=int, default=220_000)
    parser.add_argument("--seed", type=int, default=0)
    main(parser.parse_args())
