"""Tokenises a split into flat uint16 shards that can be carried in pieces.

    python shards.py --corpus DIR --tokenizer tokenizer.json --split train --out DIR [--piece-megabytes 56]

Writes {split}-{stream}-{n}.bin: documents one after another, each starting with the end-of-text token. Stream 'reference' holds
the documentation groups, 'general' everything else; the trainer draws from both so that general writing is at least half.
"""

import argparse
from itertools import islice
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from corpus import read_split

REFERENCE_GROUPS = {"docs", "reference"}


class Writer:
    """One stream of uint16 tokens in pieces of limited size; they have their names once all are whole."""

    def __init__(self, stem: Path, limit_bytes: int):
        self.stem, self.limit, self.piece, self.file = stem, limit_bytes, 0, None
        self.pieces: list[Path] = []

    def write(self, tokens: np.ndarray) -> None:
        if self.file is None or self.file.tell() + tokens.nbytes > self.limit:
            self.close()
            self.pieces.append(Path(f"{self.stem}-{self.piece}.bin"))
            self.file = open(f"{self.pieces[-1]}.part", "wb")
            self.piece += 1
        tokens.tofile(self.file)

    def close(self) -> None:
        if self.file:
            self.file.close()

    def finish(self) -> None:
        self.close()
        # The first one last: by it make.sh tells that there are all.
        for piece in reversed(self.pieces):
            Path(f"{piece}.part").rename(piece)


def main(options) -> None:
    tokenizer = Tokenizer.from_file(str(options.tokenizer))
    options.out.mkdir(parents=True, exist_ok=True)
    limit = options.piece_megabytes * 1_000_000
    writers = {s: Writer(options.out / f"{options.split}-{s}", limit) for s in ("general", "reference")}
    totals = dict.fromkeys(writers, 0)
    documents = read_split(options.corpus, options.split)
    while batch := list(islice(documents, 1024)):
        for document, encoding in zip(batch, tokenizer.encode_batch_fast([d["text"] for d in batch])):
            stream = "reference" if document["group"] in REFERENCE_GROUPS else "general"
            writers[stream].write(np.array([0, *encoding.ids], dtype=np.uint16))
            totals[stream] += len(encoding.ids) + 1
    # The general stream last, for the same reason.
    for stream in ("reference", "general"):
        writers[stream].finish()
    print(options.split, totals)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--split", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--piece-megabytes", type=int, default=56)
    main(parser.parse_args())
