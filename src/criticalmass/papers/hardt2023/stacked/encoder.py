"""BERT classifiers with different weights, run side by side.

Every weight has a leading axis, one entry per trial, and every product of matrices is batched.
So T small models keep a card as busy as one that is T times larger, and none knows of the others.
The numbers are those of Hugging Face's `BertForSequenceClassification`; the last layer is computed
for the first token only, which is all that the classifier looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import dropout, embedding, gelu, layer_norm, scaled_dot_product_attention

from .packed import Architecture

Weights = dict[str, Tensor]
LAYER = (
    "qkv.weight", "qkv.bias", "out.weight", "out.bias", "norm1.weight", "norm1.bias",
    "up.weight", "up.bias", "down.weight", "down.bias", "norm2.weight", "norm2.bias",
)  # fmt: skip
"""The weights of one layer, in the order in which `block` takes them."""
_BERT = {
    "out": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "norm2": "output.LayerNorm",
}


def from_bert(state: Mapping[str, NDArray[Any]], layers: int) -> dict[str, NDArray[np.float16]]:
    """Return a BERT's weights under our names, matrices as (in, out), in half precision.

    Parameters
    ----------
    state
        The weights of Hugging Face's model, by its names.
    layers
        How many layers it has.
    """

    def half(values: NDArray[Any]) -> NDArray[np.float16]:
        return np.ascontiguousarray(values, dtype=np.float16)

    embeddings = "embeddings."
    own = {
        "words": half(state[f"{embeddings}word_embeddings.weight"]),
        "positions": half(state[f"{embeddings}position_embeddings.weight"]),
        "kind": half(state[f"{embeddings}token_type_embeddings.weight"][:1]),
        "norm.weight": half(state[f"{embeddings}LayerNorm.weight"]),
        "norm.bias": half(state[f"{embeddings}LayerNorm.bias"]),
        "pooler.weight": half(state["pooler.dense.weight"].T),
        "pooler.bias": half(state["pooler.dense.bias"]),
    }
    for number in range(layers):
        theirs, ours = f"encoder.layer.{number}.", f"{number}."
        three = [f"{theirs}attention.self.{name}." for name in ("query", "key", "value")]
        own[f"{ours}qkv.weight"] = half(np.concatenate([state[f"{n}weight"].T for n in three], 1))
        own[f"{ours}qkv.bias"] = half(np.concatenate([state[f"{name}bias"] for name in three]))
        for name, called in _BERT.items():
            weight = state[f"{theirs}{called}.weight"]
            own[f"{ours}{name}.weight"] = half(weight.T)  # of a vector the same vector
            own[f"{ours}{name}.bias"] = half(state[f"{theirs}{called}.bias"])
    return own


def to_bert(weights: Mapping[str, Tensor], trial: int, layers: int) -> dict[str, Tensor]:
    """Return one trial's weights under Hugging Face's names, as its classifier loads them."""
    own = {name: weight[trial].detach().float().cpu() for name, weight in weights.items()}
    state = {
        "bert.embeddings.word_embeddings.weight": own["words"],
        "bert.embeddings.position_embeddings.weight": own["positions"],
        "bert.embeddings.token_type_embeddings.weight": own["kind"],
        "bert.embeddings.LayerNorm.weight": own["norm.weight"],
        "bert.embeddings.LayerNorm.bias": own["norm.bias"],
        "bert.pooler.dense.weight": own["pooler.weight"].T,
        "bert.pooler.dense.bias": own["pooler.bias"],
        "classifier.weight": own["head.weight"].T,
        "classifier.bias": own["head.bias"],
    }
    for number in range(layers):
        theirs, ours = f"bert.encoder.layer.{number}.", f"{number}."
        for place, name in enumerate(("query", "key", "value")):
            called = f"{theirs}attention.self.{name}."
            state[f"{called}weight"] = own[f"{ours}qkv.weight"].chunk(3, 1)[place].T
            state[f"{called}bias"] = own[f"{ours}qkv.bias"].chunk(3)[place]
        for name, called in _BERT.items():
            weight = own[f"{ours}{name}.weight"]
            state[f"{theirs}{called}.weight"] = weight.T if weight.ndim == 2 else weight
            state[f"{theirs}{called}.bias"] = own[f"{ours}{name}.bias"]
    return {name: value.contiguous() for name, value in state.items()}


def stacked(
    weights: Mapping[str, NDArray[np.float16]],
    labels: int,
    seeds: Sequence[int],
    initial: float,
    device: str,
) -> Weights:
    """Return trainable weights, one entry per trial, with layers for labels of their own seeds."""
    own: Weights = {}
    for name, values in weights.items():
        one = torch.as_tensor(values.astype(np.float32), device=device)
        own[name] = one.expand(len(seeds), *one.shape).clone()
    width = weights["pooler.bias"].shape[0]
    heads = [np.random.default_rng(seed).normal(0, initial, (width, labels)) for seed in seeds]
    own["head.weight"] = torch.as_tensor(np.stack(heads), dtype=torch.float32, device=device)
    own["head.bias"] = torch.zeros(len(seeds), labels, device=device)
    return {name: weight.requires_grad_() for name, weight in own.items()}


def block(
    hidden: Tensor,
    mask: Tensor | None,
    weights: Sequence[Tensor],
    heads: int,
    epsilon: float,
    drop: float,
    drop_attention: float,
    first: bool,
) -> Tensor:
    """Return what one layer makes of hidden states, (trials, texts, steps, width).

    Parameters
    ----------
    hidden
        Its inputs.
    mask
        Which steps are a text's own, (trials · texts, 1, 1, steps); None if all are.
    weights
        Those named in `LAYER`, each with a leading axis for trials.
    heads, epsilon
        Of the architecture.
    drop, drop_attention
        Probabilities of dropout; 0 where nothing is trained.
    first
        Whether the first step alone is wanted: the result then has one step.
    """
    qkv, qkv_bias, out, out_bias, scale1, shift1, up, up_bias, down, down_bias, scale2, shift2 = (
        weights
    )
    trials, texts, steps, width = hidden.shape
    asked = 1 if first else steps

    def split(x: Tensor, long: int) -> Tensor:
        return x.view(trials * texts, long, heads, width // heads).transpose(1, 2)

    flat = hidden.reshape(trials, texts * steps, width)
    if first:
        flat_asked = hidden[:, :, 0]
        queries = torch.bmm(flat_asked, qkv[:, :, :width]) + qkv_bias[:, None, :width]
        both = torch.bmm(flat, qkv[:, :, width:]) + qkv_bias[:, None, width:]
        keys, values = both.chunk(2, dim=-1)
    else:
        flat_asked = flat
        three = torch.bmm(flat, qkv) + qkv_bias[:, None]
        queries, keys, values = three.chunk(3, dim=-1)
    context = scaled_dot_product_attention(
        split(queries, asked),
        split(keys, steps),
        split(values, steps),
        attn_mask=mask,
        dropout_p=drop_attention,
    )
    context = context.transpose(1, 2).reshape(trials, texts * asked, width)
    attended = dropout(torch.bmm(context, out) + out_bias[:, None], drop, drop > 0) + flat_asked
    attended = _normed(attended, scale1, shift1, epsilon)
    inner = gelu(torch.bmm(attended, up) + up_bias[:, None])
    result = dropout(torch.bmm(inner, down) + down_bias[:, None], drop, drop > 0) + attended
    return _normed(result, scale2, shift2, epsilon).view(trials, texts, asked, width)


def _normed(x: Tensor, scale: Tensor, shift: Tensor, epsilon: float) -> Tensor:
    """Return vectors (trials, n, width) with mean 0 and variance 1, scaled and shifted."""
    return layer_norm(x, x.shape[-1:], eps=epsilon) * scale[:, None] + shift[:, None]


Block = Callable[..., Tensor]


@dataclass(frozen=True, eq=False)
class Encoder:
    """Runs stacked weights.

    Parameters
    ----------
    architecture
        The model's sizes.
    half
        Whether hidden states and products are bf16; weights, loss and optimiser stay fp32.
    block
        What computes a layer: `block`, or that compiled.
    """

    architecture: Architecture
    half: bool
    block: Block = block

    def logits(
        self, weights: Weights, ids: Tensor, mask: Tensor | None, *, training: bool
    ) -> Tensor:
        """Return logits, (trials, texts, labels), in fp32.

        Parameters
        ----------
        weights
            As `stacked` returns them.
        ids
            Token numbers, (trials, texts, steps).
        mask
            Which are a text's own, of the same shape; None if all are.
        training
            Whether dropout is on.
        """
        shape = self.architecture
        trials, texts, steps = ids.shape
        drop = shape.hidden_dropout if training else 0.0
        kind = torch.bfloat16 if self.half else torch.float32
        words = weights["words"]
        first = torch.arange(trials, device=ids.device)[:, None, None] * words.shape[1]
        hidden = embedding(ids + first, words.reshape(-1, shape.width))
        hidden = hidden + (weights["positions"][:, :steps] + weights["kind"])[:, None]
        flat = hidden.reshape(trials, texts * steps, shape.width)
        flat = _normed(flat, weights["norm.weight"], weights["norm.bias"], shape.epsilon).to(kind)
        hidden = dropout(flat, drop, drop > 0).view(trials, texts, steps, shape.width)
        attended = None if mask is None else mask.reshape(trials * texts, 1, 1, steps)
        for number in range(shape.layers):
            hidden = self.block(
                hidden,
                attended,
                [weights[f"{number}.{name}"].to(kind) for name in LAYER],
                shape.heads,
                shape.epsilon,
                drop,
                shape.attention_dropout if training else 0.0,
                number == shape.layers - 1,
            )
        first_token = hidden[:, :, 0].float()
        pooled = torch.bmm(first_token, weights["pooler.weight"]) + weights["pooler.bias"][:, None]
        drop = shape.head_dropout if training else 0.0
        pooled = dropout(pooled.tanh(), drop, drop > 0)
        return torch.bmm(pooled, weights["head.weight"]) + weights["head.bias"][:, None]
