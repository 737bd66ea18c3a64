"""BERT-like classifiers in two halves: the layers that are frozen, and those that are trained.

A classifier of this kind looks at the first token alone. So the last layer is computed for that
token only, and without keys or values of the others: this gives what Hugging Face's own forward
pass gives, up to rounding, for a small part of that layer's work. Architectures that are not listed
in `FAMILIES` run as a whole, as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Family:
    """The names of one architecture's parts.

    Parameters
    ----------
    layers
        Returns the layers of a base model.
    first
        Computes a layer for the first token only: (layer, hidden (n, steps, d), mask) → (n, 1, d).
    head
        Computes logits (n, labels) from the first token's vector (n, 1, d).
    plain_ids
        Whether token numbers serve only to look up vectors. RoBERTa also finds positions by them.
    """

    layers: Callable[[Any], Any]
    first: Callable[[Any, Tensor, Tensor | None], Tensor]
    head: Callable[[Any, Tensor], Tensor]
    plain_ids: bool = True


def family_of(model: Any) -> Family | None:
    """Return the names of a model's parts; None if its architecture is not known."""
    return FAMILIES.get(model.config.model_type)


def layers(model: Any) -> Any:
    """Return the layers of a model of a known family."""
    return FAMILIES[model.config.model_type].layers(model.base_model)


def lower(model: Any, ids: Tensor, mask: Tensor | None, frozen: int) -> Tensor:
    """Return the hidden states after the first ``frozen`` layers, (n, steps, d)."""
    hidden: Tensor = model.base_model.embeddings(input_ids=ids)
    attended = _attended(mask)
    for layer in layers(model)[:frozen]:
        hidden = layer(hidden, attention_mask=attended)
    return hidden


def upper(model: Any, hidden: Tensor, mask: Tensor | None, frozen: int) -> Tensor:
    """Return the logits, (n, labels), from what `lower` returned."""
    family = FAMILIES[model.config.model_type]
    attended = _attended(mask)
    *others, last = layers(model)
    for layer in others[frozen:]:
        hidden = layer(hidden, attention_mask=attended)
    if frozen > len(others):
        return family.head(model, hidden[:, :1])
    return family.head(model, family.first(last, hidden, attended))


def whole(model: Any, ids: Tensor, mask: Tensor | None) -> Tensor:
    """Return the logits, (n, labels), from token numbers."""
    if family_of(model) is None:
        attended = ids.new_ones(ids.shape) if mask is None else mask.long()
        logits: Tensor = model(input_ids=ids, attention_mask=attended).logits
        return logits
    return upper(model, lower(model, ids, mask, 0), mask, 0)


def _attended(mask: Tensor | None) -> Tensor | None:
    """Return a mask (n, 1, 1, steps) for attention; None where no step is padding."""
    return None if mask is None else mask[:, None, None, :]


def _attention(query: Any, key: Any, value: Any, model: Any, hidden: Tensor, mask: Any) -> Tensor:
    """Return the first token's context, (n, 1, d), from a layer's three projections.

    No token's key or value is computed. Instead of q · K h one takes (Kᵀ q) · h, and instead of the
    mean of all V h, V times the mean of all h: the same, for a twentieth of the work. The bias of
    keys adds the same to all tokens' scores, so it changes no weight of attention.
    """
    size = model.attention_head_size
    asks = query(hidden[:, :1]).view(len(hidden), -1, size).transpose(0, 1)  # (heads, n, size)
    asks = asks @ key.weight.view(len(asks), size, -1) * size**-0.5  # (heads, n, d)
    weights = asks.transpose(0, 1) @ hidden.transpose(1, 2)  # (n, heads, steps)
    if mask is not None:
        weights = weights.masked_fill(~mask[:, 0], -float("inf"))
    weights = model.dropout(weights.softmax(dim=-1))
    means = (weights @ hidden).transpose(0, 1)  # (heads, n, d)
    context = means @ value.weight.view(len(asks), size, -1).transpose(1, 2)  # (heads, n, size)
    # with dropout, weights do not add up to 1
    total = weights.sum(dim=-1, keepdim=True).transpose(0, 1)
    context = context + total * value.bias.view(len(asks), 1, size)
    joined: Tensor = context.transpose(0, 1).reshape(len(hidden), 1, -1)
    return joined


def _bert_first(layer: Any, hidden: Tensor, mask: Tensor | None) -> Tensor:
    inner = layer.attention.self
    context = _attention(inner.query, inner.key, inner.value, inner, hidden, mask)
    out: Tensor = layer.feed_forward_chunk(layer.attention.output(context, hidden[:, :1]))
    return out


def _distilbert_first(layer: Any, hidden: Tensor, mask: Tensor | None) -> Tensor:
    inner = layer.attention
    context = inner.out_lin(_attention(inner.q_lin, inner.k_lin, inner.v_lin, inner, hidden, mask))
    attended = layer.sa_layer_norm(context + hidden[:, :1])
    out: Tensor = layer.output_layer_norm(layer.ffn(attended) + attended)
    return out


def _bert_head(model: Any, hidden: Tensor) -> Tensor:
    logits: Tensor = model.classifier(model.dropout(model.base_model.pooler(hidden)))
    return logits


def _distilbert_head(model: Any, hidden: Tensor) -> Tensor:
    pooled = model.pre_classifier(hidden[:, 0]).relu()
    logits: Tensor = model.classifier(model.dropout(pooled))
    return logits


def _roberta_head(model: Any, hidden: Tensor) -> Tensor:
    logits: Tensor = model.classifier(hidden)
    return logits


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "bert": Family(lambda base: base.encoder.layer, _bert_first, _bert_head),
        "distilbert": Family(
            lambda base: base.transformer.layer, _distilbert_first, _distilbert_head
        ),
        "roberta": Family(lambda base: base.encoder.layer, _bert_first, _roberta_head, False),
    }
)
"""Architectures whose layers can be told apart, by their ``model_type``."""
