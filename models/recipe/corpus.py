"""Reading the corpus: JSON lines of {id, source, licence, group, title, text}, compressed with zstandard."""

import io
import json
from pathlib import Path
from typing import Iterator

import zstandard

def read_jsonl(path: Path) -> Iterator[dict]:
    """Yields the documents of one .jsonl.zst file. The corpus is written with a 128 MiB window (zstd --long=27)."""
    with open(path, "rb") as raw:
        stream = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(raw)
        for line in io.TextIOWrapper(stream, encoding="utf-8"):
            yield json.loads(line)


def read_split(corpus: Path, split: str) -> Iterator[dict]:
    """Yields the documents of a split: 'train', 'valid', 'test' or 'unseen'."""
    paths = sorted(corpus.glob(f"{split}*.jsonl.zst"))
    if not paths:
        raise FileNotFoundError(f"no {split}*.jsonl.zst in {corpus}")
    for path in paths:
        yield from read_jsonl(path)
