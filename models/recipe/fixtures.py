"""Makes the small models with random weights that the extension's tests compare against PyTorch.

    python fixtures.py --out ../../test/fixtures

tiny-model/ is a whole model folder (grouped-query attention, QK-norm, a planner window shorter than the test document) with
expected.json; tiny-llama/ is a plain Hugging Face language model (two bfloat16 shards, its own output head) with its own.
"""

import argparse
import base64
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from export import checksums, write
from labels import centre, nearest
from model import Adapter, Encoder, LanguageModel, Planner, of_tokens
from tokenizer import build

TEXT = (
    "# A plan for the garden\n\nThe garden is small. It has a wall on the north side, and the wall keeps the wind out! "
    "What grows there?\n\n- Beans grow well.\n- Peas grow in spring.\n\n> A garden is a plan that grows.\n\n"
    "In the summer we water the beans every evening. In the winter the garden rests, and we draw the next plan."
)
UNITS = [
    "A plan for the garden",
    "The garden is small.",
    "It has a wall on the north side, and the wall keeps the wind out!",
    "What grows there?",
    "Beans grow well.",
    "",
    "Peas grow in spring.",
    "A garden is a plan that grows.",
    "In the summer we water the beans every evening.",
    "In the winter the garden rests, and we draw the next plan.",
    "Grüße aus Köln — 你好。",
    "wall " * 40,
]
CONFIG = {
    "format": "planwright",
    "version": 1,
    "name": "tiny-model",
    "lm": dict(
        model_type="llama", vocab_size=512, hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, rope_theta=10000, rms_norm_eps=1e-5, max_position_embeddings=64,
        tie_word_embeddings=True, qk_norm=True,
    ),
    "encoder": dict(
        vocab_size=512, hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, head_dim=8,
        rope_theta=10000, rms_norm_eps=1e-5, max_tokens=32, embedding_size=24,
    ),
    "labels": dict(count=16, centering="document", prior_weight=8),
    "planner": dict(
        hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=2, head_dim=12, window=4, steps=3, kinds=17,
        rope_theta=10000, rms_norm_eps=1e-5, temperature=1.25,
    ),
    "adapter": dict(first_layer=1, embedding_size=24, fixed_label=0),
}
LLAMA = dict(
    model_type="llama", architectures=["LlamaForCausalLM"], hidden_act="silu", vocab_size=96, hidden_size=32, intermediate_size=64,
    num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=1, rope_theta=50000.0, rms_norm_eps=1e-6,
    max_position_embeddings=128, tie_word_embeddings=False, torch_dtype="bfloat16",
)


def scatter(module: torch.nn.Module, dtype: torch.dtype) -> None:
    """Random weights large enough that every part matters, rounded to what the files hold."""
    for parameter in module.parameters():
        noise = torch.randn_like(parameter)
        values = 0.2 * noise if parameter.dim() == 2 else parameter + 0.1 * noise
        parameter.data.copy_(values.to(dtype).float())


def packed(values: Tensor) -> dict:
    return dict(shape=list(values.shape), data=base64.b64encode(values.detach().contiguous().float().numpy().tobytes()).decode())


def weights(module: torch.nn.Module, dtype: torch.dtype) -> dict[str, Tensor]:
    return {name: value.to(dtype) for name, value in module.state_dict().items()}


def tiny_model(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "expected.json").unlink(missing_ok=True)  # no part of the model: it must not reach checksums.json
    tokenizer = build([TEXT, *UNITS] * 4, CONFIG["lm"]["vocab_size"])
    for part in ("lm", "encoder"):
        CONFIG[part]["vocab_size"] = tokenizer.get_vocab_size()
    c, count = CONFIG, CONFIG["labels"]["count"]
    lm, encoder = LanguageModel(c["lm"]), Encoder(c["encoder"])
    planner = Planner(c["planner"], count, c["encoder"]["embedding_size"])
    adapter = Adapter(c["adapter"], c["lm"]["num_hidden_layers"], count, c["lm"]["hidden_size"])
    for module in (lm, encoder, planner, adapter):
        scatter(module, torch.float16)
    centroids = 0.2 * torch.randn(count, c["encoder"]["embedding_size"])
    mean = 0.1 * torch.randn(c["encoder"]["embedding_size"])

    (out / "config.json").write_text(json.dumps(c, indent=1) + "\n")
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    example = lambda k: dict(text=UNITS[k % 5], source="fixture")
    names = [dict(id=k, name=f"label {k}", terms=["garden", "plan"], examples=[example(k)], frequency=1 / count) for k in range(count)]
    (out / "labels.json").write_text(json.dumps(dict(labels=names), ensure_ascii=False) + "\n")
    limit = 10**9
    for name, module in (("lm", lm), ("encoder", encoder), ("planner", planner), ("adapter", adapter)):
        write(out, name, weights(module, torch.float16), limit)
    write(out, "codebook", {"codebook.centroids": centroids, "codebook.mean": mean}, limit)
    checksums(out)

    ids = [tokenizer.encode(text.strip()).ids[: c["encoder"]["max_tokens"]] or [0] for text in UNITS]
    width = max(map(len, ids))
    tokens = torch.tensor([row + [0] * (width - len(row)) for row in ids])
    mask = torch.tensor([[True] * len(row) + [False] * (width - len(row)) for row in ids])
    embeddings = encoder(tokens, mask)
    kinds = torch.arange(len(UNITS)) % c["planner"]["kinds"]
    points = centre(embeddings.numpy(), [0, len(UNITS)], mean.numpy(), c["labels"]["prior_weight"])
    observed = nearest(torch.from_numpy(points).float(), centroids)
    probabilities = planner(embeddings[None], kinds[None]).softmax(-1)[0]
    mixtures = probabilities[:, 0]
    text_ids = [0, *tokenizer.encode(TEXT).ids][:30]
    unit_of_token = torch.arange(len(text_ids)) // 7
    plan = adapter(of_tokens(mixtures[None], unit_of_token[None]))
    every_unit = adapter(mixtures[None])
    vectors = torch.cat([every_unit[i][0] for i in adapter.adapted], -1)
    lm_input = torch.tensor([text_ids])
    expected = dict(
        units=UNITS,
        kinds=kinds.tolist(),
        encoderTokens=ids,
        embeddings=packed(embeddings),
        observed=observed.tolist(),
        probabilities=packed(probabilities),
        planVectors=packed(vectors),
        tokens=text_ids,
        unitOfToken=unit_of_token.tolist(),
        logits=packed(lm.logits(lm(lm_input, plan))[0]),
        logitsWithoutPlan=packed(lm.logits(lm(lm_input))[0, -1:]),
    )
    (out / "expected.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n")


def tiny_llama(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    lm = LanguageModel(LLAMA | dict(head_dim=LLAMA["hidden_size"] // LLAMA["num_attention_heads"], qk_norm=False))
    lm.lm_head = torch.nn.Linear(LLAMA["hidden_size"], LLAMA["vocab_size"], bias=False)
    scatter(lm, torch.bfloat16)
    (out / "config.json").write_text(json.dumps(LLAMA, indent=1) + "\n")
    state = list(weights(lm, torch.bfloat16).items())
    for n, shard in enumerate((state[:7], state[7:]), 1):
        save_file(dict(shard), out / f"model-{n:05d}-of-00002.safetensors", metadata={"format": "pt"})
    tokens = torch.randint(LLAMA["vocab_size"], (1, 20))
    expected = dict(tokens=tokens[0].tolist(), logits=packed(lm.lm_head(lm(tokens))[0]))
    (out / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)
    with torch.no_grad():
        tiny_model(options.out / "tiny-model")
        tiny_llama(options.out / "tiny-llama")
    for path in sorted(options.out.glob("tiny-*/*")):
        print(f"{path.relative_to(options.out)}: {path.stat().st_size / 1e3:.1f} kB")
