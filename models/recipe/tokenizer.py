"""Trains the byte-level BPE tokenizer.

    python tokenizer.py --corpus DIR --out tokenizer.json [--vocabulary 16384] [--megabytes 120]

The pre-tokenizer's first alternative makes "stop + closers + one space or newline" a single piece (". ", ".\n", '." '), and every
other newline its own piece. A sentence-like unit therefore always ends at the end of a token, and whether it has ended is known
from that token alone, with no look at the next word: the plan of the next unit conditions its very first token.
"""

import argparse
from itertools import islice
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from corpus import read_split

END_OF_TEXT = "<|endoftext|>"
PIECE = "|".join(
    [
        r" ?[^\s\p{L}\p{N}]*[.!?…]+[\"'”’»)\]}*_~`]*(?: |\r?\n)".replace('\\"', '"'),
        r"'(?:[sdmt]|ll|ve|re)",
        r" ?\p{L}+",
        r" ?\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+",
        r"\r?\n",
        r"[^\S\r\n]+(?!\S)",
        r"\s+",
    ]
)


def build(texts, vocabulary: int) -> Tokenizer:
    """Trains on an iterator of strings; token 0 is the end of text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECE), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=24,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def characters(tokenizer: Tokenizer) -> np.ndarray:
    """How many characters each token adds: its bytes that do not continue a UTF-8 sequence."""
    letters = bytes_to_unicode()
    out = np.zeros(tokenizer.get_vocab_size(), dtype=np.int64)
    for text, token in tokenizer.get_vocab().items():
        out[token] = 0 if text == END_OF_TEXT else sum((letters[c] & 0xC0) != 0x80 for c in text)
    return out


def bytes_to_unicode() -> dict[str, int]:
    """Byte-level BPE's alphabet (GPT-2): printable Latin-1 stands for itself, other bytes for code points from 256 on."""
    own = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in own]
    return {chr(b): b for b in own} | {chr(256 + n): b for n, b in enumerate(others)}


def sample(corpus: Path, megabytes: int):
    seen = 0
    for document in read_split(corpus, "train"):
        seen += len(document["text"])
        if seen > megabytes * 1_000_000:
            return
        yield document["text"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--vocabulary", type=int, default=16384)
    parser.add_argument("--megabytes", type=int, default=120, help="of training text; documents are shuffled already")
    options = parser.parse_args()
    tokenizer = build(sample(options.corpus, options.megabytes), options.vocabulary)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(options.out), pretty=False)
    texts = [d["text"] for d in islice(read_split(options.corpus, "valid"), 300)]
    tokens = sum(len(e.ids) for e in tokenizer.encode_batch(texts))
    length = sum(map(len, texts))
    print(f"{tokenizer.get_vocab_size()} tokens, {length / tokens:.3f} characters per token on 300 validation documents")
