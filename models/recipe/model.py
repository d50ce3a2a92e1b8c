"""The planner-LM in PyTorch: sentence encoder, planner, adapter and language model.

Names and layouts are those of the model folder that the extension reads (Hugging Face's Llama names for the blocks). Shapes in
comments: B batch, T tokens, U units, K labels, d hidden size, e embedding size, A adapted layers.
Sources: Llama blocks (arXiv 2302.13971), QK-norm (2302.05442, placed per head before the rotation as in Qwen3), codebook adapter
and its OLMo placement (2404.00614 section 3), the probability-weighted mixture (2410.12492 section 3).
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def load_config(path: Path) -> dict:
    return json.loads(Path(path).read_text())


def autocast(device: str):
    """bfloat16 where it is the faster: on GPUs, and on CPUs that multiply it in hardware. Tokens/s of a compiled step of starter.json on 2 cores: with
    AVX512-BF16 2,700 (float32 1,500); with neither that nor AMX 1,120 (float32 1,930)."""
    kind = torch.device(device).type
    fast = kind != "cpu" or torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast(kind, dtype=torch.bfloat16, enabled=fast)


class RMSNorm(nn.Module):
    def __init__(self, size: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()
        scaled = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps)
        return (scaled * self.weight).to(x.dtype)


def rotary(length: int, head_dim: int, theta: float, device) -> tuple[Tensor, Tensor]:
    """Cosines and sines [T, head_dim] of rotate_half's layout."""
    frequencies = theta ** (-torch.arange(0, head_dim, 2, device=device).float() / head_dim)
    angles = torch.outer(torch.arange(length, device=device).float(), frequencies)
    angles = torch.cat((angles, angles), -1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    turned = torch.cat((-x[..., half:], x[..., :half]), -1)
    return x * cos.to(x.dtype) + turned * sin.to(x.dtype)


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, causal: bool) -> Tensor:
    """q [B, heads, T, head_dim], k and v with as many heads or fewer, each for a group of q's → as q. Causal attention that is trained on a CPU is written out: compiled,
    the joint step of starter.json is 7 % faster so (2 cores, 8,192 tokens) than with torch's flash attention, whose backward pass is slow there."""
    groups = q.shape[1] // k.shape[1]
    if not causal or q.device.type != "cpu" or not torch.is_grad_enabled():
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal, enable_gqa=groups > 1)
    if groups > 1:
        k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
    at = torch.arange(q.shape[-2])
    scores = (q @ k.transpose(-1, -2)).float() * q.shape[-1] ** -0.5
    return scores.masked_fill(at[None, :] > at[:, None], float("-inf")).softmax(-1).to(v.dtype) @ v


class Attention(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        d, self.head_dim = config["hidden_size"], config["head_dim"]
        self.heads = config["num_attention_heads"]
        self.kv_heads = config.get("num_key_value_heads", self.heads)
        self.q_proj = nn.Linear(d, self.heads * self.head_dim, bias=False)
        self.k_proj = nn.Linear(d, self.kv_heads * self.head_dim, bias=False)
        self.v_proj = nn.Linear(d, self.kv_heads * self.head_dim, bias=False)
        self.o_proj = nn.Linear(self.heads * self.head_dim, d, bias=False)
        self.qk_norm = config.get("qk_norm", False)
        if self.qk_norm:
            self.q_norm = RMSNorm(self.head_dim, config["rms_norm_eps"])
            self.k_norm = RMSNorm(self.head_dim, config["rms_norm_eps"])

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None, causal: bool) -> Tensor:
        batch, length, _ = x.shape
        q = self.q_proj(x).view(batch, length, self.heads, self.head_dim)
        k = self.k_proj(x).view(batch, length, self.kv_heads, self.head_dim)
        v = self.v_proj(x).view(batch, length, self.kv_heads, self.head_dim).transpose(1, 2)
        if self.qk_norm:
            q, k = self.q_norm(q), self.k_norm(k)
        q, k = rotate(q.transpose(1, 2), cos, sin), rotate(k.transpose(1, 2), cos, sin)
        out = attend(q, k, v, mask, causal)
        return self.o_proj(out.transpose(1, 2).reshape(batch, length, -1))


class MLP(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        d, hidden = config["hidden_size"], config["intermediate_size"]
        self.gate_proj = nn.Linear(d, hidden, bias=False)
        self.up_proj = nn.Linear(d, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, d, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        self.self_attn = Attention(config)
        self.mlp = MLP(config)
        self.input_layernorm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        self.post_attention_layernorm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])

    def forward(self, x, cos, sin, mask=None, causal=False, plan: Tensor | None = None) -> Tensor:
        """plan [B, T, d] is added to the normalised input of the MLP."""
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask, causal)
        h = self.post_attention_layernorm(x)
        return x + self.mlp(h if plan is None else h + plan)


def initialise(module: nn.Module, layers: int) -> None:
    """GPT-2's initialisation: N(0, 0.02), what writes to the residual stream smaller by sqrt(2 layers)."""
    for name, parameter in module.named_parameters():
        if parameter.dim() == 2:
            narrow = (2 * layers) ** -0.5 if name.endswith(("o_proj.weight", "down_proj.weight")) else 1.0
            nn.init.normal_(parameter, std=0.02 * narrow)


class LanguageModel(nn.Module):
    """Causal LM with tied embeddings. State-dict names are Hugging Face's ('model.layers.0…')."""

    def __init__(self, config: dict):
        super().__init__()
        self.config = config
        self.model = nn.Module()
        self.model.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.model.layers = nn.ModuleList(Block(config) for _ in range(config["num_hidden_layers"]))
        self.model.norm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        initialise(self, config["num_hidden_layers"])

    def forward(self, tokens: Tensor, plan: dict[int, Tensor] | None = None) -> Tensor:
        """tokens [B, T], plan {layer: [B, T, d]} → final hidden states [B, T, d]."""
        c = self.config
        cos, sin = rotary(tokens.shape[1], c["head_dim"], c["rope_theta"], tokens.device)
        x = self.model.embed_tokens(tokens)
        for i, block in enumerate(self.model.layers):
            x = block(x, cos, sin, causal=True, plan=None if plan is None else plan.get(i))
        return self.model.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        return F.linear(hidden, self.model.embed_tokens.weight)

    def loss(self, tokens: Tensor, targets: Tensor, plan=None) -> Tensor:
        """Mean cross-entropy in nats; targets of -100 do not count."""
        logits = self.logits(self(tokens, plan))
        return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), ignore_index=-100)


class Encoder(nn.Module):
    """Sentence encoder: bidirectional blocks, mean over tokens, projection, unit length."""

    def __init__(self, config: dict):
        super().__init__()
        self.config = config
        self.encoder = nn.Module()
        self.encoder.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.encoder.layers = nn.ModuleList(Block(config) for _ in range(config["num_hidden_layers"]))
        self.encoder.norm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        self.encoder.projection = nn.Linear(config["hidden_size"], config["embedding_size"], bias=False)
        initialise(self, config["num_hidden_layers"])

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """tokens [B, T], mask [B, T] true where there is a token → unit vectors [B, e]."""
        c = self.config
        cos, sin = rotary(tokens.shape[1], c["head_dim"], c["rope_theta"], tokens.device)
        x = self.encoder.embed_tokens(tokens)
        visible = mask[:, None, None, :]
        for block in self.encoder.layers:
            x = block(x, cos, sin, mask=visible)
        x = self.encoder.norm(x).float() * mask[..., None]
        mean = x.sum(1) / mask.sum(1, keepdim=True)
        return F.normalize(self.encoder.projection(mean), dim=-1)


@torch.no_grad()
def start_as(heads: nn.ModuleList, centroids: Tensor) -> None:
    """A planner's heads start as the centroids [K, e] (2404.00614 section 2). The bias makes the logits a distance."""
    for head in heads:
        head.weight.copy_(centroids)
        head.bias.copy_(-0.5 * centroids.pow(2).sum(1))


class Planner(nn.Module):
    """Causal over units: what the units so far say about the labels of the next ones."""

    def __init__(self, config: dict, labels: int, embedding_size: int):
        super().__init__()
        self.config = config
        h = config["hidden_size"]
        self.planner = nn.Module()
        self.planner.start = nn.Parameter(torch.zeros(h))
        self.planner.input = nn.Linear(embedding_size, h)
        self.planner.kinds = nn.Embedding(config["kinds"], h)
        self.planner.layers = nn.ModuleList(Block(config) for _ in range(config["num_hidden_layers"]))
        self.planner.norm = RMSNorm(h, config["rms_norm_eps"])
        self.planner.heads = nn.ModuleList(nn.Linear(h, labels) for _ in range(config["steps"]))
        initialise(self, config["num_hidden_layers"])
        nn.init.normal_(self.planner.start, std=0.02)

    def set_centroids(self, centroids: Tensor) -> None:
        """Needs hidden_size = e."""
        start_as(self.planner.heads, centroids)

    def forward(self, embeddings: Tensor, kinds: Tensor) -> Tensor:
        """embeddings [B, U, e], kinds [B, U] → logits [B, U + 1, steps, K]; position i has seen i units."""
        c, p = self.config, self.planner
        x = p.input(embeddings) + p.kinds(kinds)
        x = torch.cat((p.start.to(x.dtype).expand(x.shape[0], 1, -1), x), 1)
        length = x.shape[1]
        cos, sin = rotary(length, c["head_dim"], c["rope_theta"], x.device)
        at = torch.arange(length, device=x.device)
        behind = at[:, None] - at[None, :]
        mask = (behind >= 0) & (behind < c["window"])
        for block in p.layers:
            x = block(x, cos, sin, mask=mask)
        x = p.norm(x)
        return torch.stack([head(x) for head in p.heads], -2) / c["temperature"]


class Adapter(nn.Module):
    """One codebook copy and one projection per adapted layer; the projection starts at zero, so that step 0 is the plain LM."""

    def __init__(self, config: dict, layers: int, labels: int, hidden_size: int):
        super().__init__()
        self.adapted = list(range(config["first_layer"], layers))
        self.adapter = nn.Module()
        self.adapter.layers = nn.ModuleDict()
        for i in self.adapted:
            layer = nn.Module()
            layer.codebook = nn.Parameter(torch.zeros(labels, config["embedding_size"]))
            layer.weight = nn.Parameter(torch.zeros(hidden_size, config["embedding_size"]))
            layer.bias = nn.Parameter(torch.zeros(hidden_size))
            self.adapter.layers[str(i)] = layer

    @torch.no_grad()
    def reset(self, centroids: Tensor) -> None:
        """An adapter that adds nothing yet."""
        for layer in self.adapter.layers.values():
            layer.codebook.copy_(centroids)
            layer.weight.zero_()
            layer.bias.zero_()

    def forward(self, mixtures: Tensor) -> dict[int, Tensor]:
        """mixtures [B, T, K], one for each token → {layer: [B, T, d]}."""
        plan = {}
        for i in self.adapted:
            layer = self.adapter.layers[str(i)]
            table = F.linear(layer.codebook, layer.weight, layer.bias)
            plan[i] = mixtures.to(table.dtype) @ table
        return plan


def of_tokens(mixtures: Tensor, unit_of_token: Tensor) -> Tensor:
    """mixtures [B, U, K] of units, unit_of_token [B, T] → [B, T, K]: those of the unit that each token is conditioned on."""
    return torch.gather(mixtures, 1, unit_of_token[..., None].expand(-1, -1, mixtures.shape[-1]))
