"""A split as arrays: tokens, units, and which unit each position is conditioned on.

    python dataset.py --corpus DIR --tokenizer tokenizer.json --split train --documents 12000 --out train.npz

The units come from the extension's own causal splitter (units.mjs runs it), so that labels, planner, LM alignment, metrics and the
editor agree. Arrays, with D documents, N units, T tokens:
  tokens [T] uint16          documents one after another, each starting with the end-of-text token
  unit_of [T] int32          units of the document that are closed once the token has been read: the index of the unit whose plan
                             conditions the prediction made at that position (method: the unit that holds the next token)
  token_starts [D + 1], unit_starts [D + 1]
  kinds [N] uint8
  text_tokens, text_starts [N + 1]   the trimmed text of each unit as the encoder reads it, cut at 64 tokens
"""

import argparse
import json
import subprocess
from itertools import islice
from pathlib import Path
from typing import Iterable

import numpy as np
from tokenizers import Tokenizer

from corpus import read_split

MAX_UNIT_TOKENS = 64
# The encoder reads 64 tokens; no need to tokenise a long code fence to its end.
MAX_UNIT_CHARACTERS = 64 * 12


def split_units(texts: list[str]) -> list[list[list[int]]]:
    """Runs the extension's splitter: per document its units [start, end, kind, closedAt], in bytes of UTF-8."""
    lines = "".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in enumerate(texts))
    script = Path(__file__).with_name("units.mjs")
    done = subprocess.run(["node", str(script)], input=lines, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line)["units"] for line in done.stdout.splitlines()]


def unit_text(data, tokenizer: Tokenizer, unit: int) -> str:
    """What the encoder reads of a unit of a dataset."""
    return tokenizer.decode(data["text_tokens"][data["text_starts"][unit] : data["text_starts"][unit + 1]].tolist())


def units_read(closed_at: np.ndarray, token_ends: np.ndarray) -> np.ndarray:
    """For each token the number of units closed by its end; closed_at of the open last unit is -1."""
    known = np.where(closed_at < 0, np.iinfo(np.int64).max, closed_at)
    return np.searchsorted(known, token_ends, side="right")


def build(documents: Iterable[dict], tokenizer: Tokenizer) -> dict[str, np.ndarray]:
    """The arrays above, of documents {id, text}."""
    parts: dict[str, list] = {k: [] for k in ("tokens", "unit_of", "kinds", "text_tokens", "text_lengths")}
    token_starts, unit_starts, ids, characters = [0], [0], [], []
    stream = iter(documents)
    while chunk := list(islice(stream, 512)):
        texts = [d["text"] for d in chunk]
        for document, text, units, encoding in zip(chunk, texts, split_units(texts), tokenizer.encode_batch(texts)):
            raw = text.encode()
            table = np.array(units, dtype=np.int64).reshape(-1, 4)
            # Offsets of tokens are in characters; those of units in bytes.
            byte_of = np.cumsum([0, *(len(c.encode()) for c in text)]) if len(raw) != len(text) else None
            ends = np.array([e for _, e in encoding.offsets], dtype=np.int64)
            ends = ends if byte_of is None else byte_of[ends]
            parts["tokens"].append(np.array([0, *encoding.ids], dtype=np.uint16))
            reads = units_read(table[:, 3], np.array([0, *ends]))
            parts["unit_of"].append(np.minimum(reads, max(0, len(table) - 1)).astype(np.int32))
            parts["kinds"].append(table[:, 2].astype(np.uint8))
            own = [raw[s : min(e, s + 4 * MAX_UNIT_CHARACTERS)].decode(errors="ignore").strip()[:MAX_UNIT_CHARACTERS] for s, e, _, _ in units]
            for unit in tokenizer.encode_batch_fast(own):
                kept = unit.ids[:MAX_UNIT_TOKENS] or [0]
                parts["text_tokens"].append(np.array(kept, dtype=np.uint16))
                parts["text_lengths"].append(len(kept))
            token_starts.append(token_starts[-1] + len(encoding.ids) + 1)
            unit_starts.append(unit_starts[-1] + len(units))
            ids.append(document["id"])
            characters.append(len(text))
    return dict(
        tokens=np.concatenate(parts["tokens"]),
        unit_of=np.concatenate(parts["unit_of"]),
        kinds=np.concatenate(parts["kinds"]),
        text_tokens=np.concatenate(parts["text_tokens"]),
        text_starts=np.concatenate(([0], np.cumsum(parts["text_lengths"]))),
        token_starts=np.array(token_starts),
        unit_starts=np.array(unit_starts),
        characters=np.array(characters),
        ids=np.array(ids),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--split", required=True)
    parser.add_argument("--skip", type=int, default=0, help="documents of the split that are left out at its start")
    parser.add_argument("--documents", type=int, default=10**9)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    chosen = islice(read_split(options.corpus, options.split), options.skip, options.skip + options.documents)
    arrays = build(chosen, Tokenizer.from_file(str(options.tokenizer)))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez(options.out, **arrays)
    print({k: v.shape for k, v in arrays.items()})
