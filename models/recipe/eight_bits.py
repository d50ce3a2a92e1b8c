"""Weights in 8 bits, as a model folder stores them: integers plus 128 in blocks of 32 along the row, and for each block a float16 scale in `NAME.scales`.

The layout is ggml's Q8_0, without signs; the extension reads it in src/model/byteTensors.ts.
"""

import torch
from torch import Tensor

BLOCK = 32
ZERO = 128
SCALES = ".scales"
# Labels are told apart by it, and it is small.
KEPT = "codebook"


def pack(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Matrices in 8 bits, each with its scales behind it, as far as their columns are whole blocks; all else as float16."""
    packed = {}
    for name, tensor in tensors.items():
        if tensor.dim() != 2 or tensor.shape[1] % BLOCK or name.endswith(KEPT):
            packed[name] = tensor.half()
            continue
        blocks = tensor.float().unflatten(1, (-1, BLOCK))
        scales = (blocks.abs().amax(-1) / 127).half()
        # A block whose scale rounds to zero is zero.
        divisors = scales.float().masked_fill(scales == 0, 1).unsqueeze(-1)
        packed[name] = ((blocks / divisors).round().clamp(-127, 127) + ZERO).to(torch.uint8).flatten(1)
        packed[name + SCALES] = scales
    return packed


def unpack(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The values of all tensors as float32, whichever way they are stored."""
    return {
        name: ((tensor.float() - ZERO).unflatten(1, (-1, BLOCK)) * tensors[name + SCALES].float().unsqueeze(-1)).flatten(1)
        if tensor.dtype == torch.uint8
        else tensor.float()
        for name, tensor in tensors.items()
        if not name.endswith(SCALES)
    }
