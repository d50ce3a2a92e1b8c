"""Muon for matrices, AdamW for everything else.

Muon (Keller Jordan, 2024, github.com/KellerJordan/Muon): the momentum of a hidden matrix is replaced by its nearest
semi-orthogonal matrix, found by a quintic Newton-Schulz iteration.
"""

import torch
from torch import Tensor


@torch.no_grad()
def orthogonalise(g: Tensor, steps: int = 5) -> Tensor:
    """g [n, rows, columns] → U V^T of each, approximately. Coefficients: Muon's."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.bfloat16()
    if g.shape[-2] > g.shape[-1]:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if g.shape[-2] > g.shape[-1] else x).to(g.dtype)


class Muon(torch.optim.Optimizer):
    """Matrices of the same shape are orthogonalised as one batch."""

    def __init__(self, matrices, lr: float = 0.02, momentum: float = 0.95, weight_decay: float = 0.01):
        super().__init__(list(matrices), dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            by_shape: dict[tuple, list[Tensor]] = {}
            for p in group["params"]:
                if p.grad is not None:
                    by_shape.setdefault(tuple(p.shape), []).append(p)
            for shape, parameters in by_shape.items():
                buffers = [self.momentum_of(p) for p in parameters]
                gradients = [p.grad for p in parameters]
                torch._foreach_lerp_(buffers, gradients, 1 - group["momentum"])
                updates = orthogonalise(torch.stack(torch._foreach_lerp(gradients, buffers, group["momentum"])))
                torch._foreach_mul_(parameters, 1 - group["lr"] * group["weight_decay"])
                torch._foreach_add_(parameters, list(updates), alpha=-group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5)

    def momentum_of(self, p: Tensor) -> Tensor:
        state = self.state[p]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(p)
        return state["momentum"]


def matrices_and_rest(model: torch.nn.Module) -> tuple[list[Tensor], list[Tensor]]:
    """The matrices of a model's blocks, which are Muon's; and embeddings, gains and vectors."""
    hidden = [p for n, p in model.named_parameters() if p.dim() == 2 and ".layers." in n]
    chosen = set(map(id, hidden))
    return hidden, [p for p in model.parameters() if id(p) not in chosen]


def optimisers(model: torch.nn.Module, muon_lr: float = 0.02, adam_lr: float = 3e-3) -> list[torch.optim.Optimizer]:
    """Muon for the blocks' matrices, AdamW for everything else."""
    hidden, rest = matrices_and_rest(model)
    adam = torch.optim.AdamW(rest, lr=adam_lr, betas=(0.9, 0.95), weight_decay=0.0)
    return [Muon(hidden, lr=muon_lr), adam] if hidden else [adam]
