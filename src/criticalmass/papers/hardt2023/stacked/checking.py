"""Does our encoder give what Hugging Face's gives, with these weights, on this machine?"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from .encoder import Encoder, stacked, to_bert
from .packed import Packed

NEAR = 1e-3
"""Logits that differ by no more are the same."""
LOOKED_AT = 4


def difference(packed: Packed) -> float:
    """Return the largest difference of a logit between our encoder and ``transformers``'.

    Parameters
    ----------
    packed
        Whose weights and first test texts are taken; computed on the CPU in fp32.

    Raises
    ------
    Exception
        If transformers is not installed, or of a version that does this in another way.
    """
    from transformers import BertConfig, BertForSequenceClassification

    shape, labels = packed.architecture, len(packed.labels)
    kind: Any = BertConfig
    config = kind(
        vocab_size=len(packed.weights["words"]),
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=len(packed.weights["positions"]),
        type_vocab_size=1,
        layer_norm_eps=shape.epsilon,
        hidden_act="gelu",
        num_labels=labels,
    )
    weights = stacked(packed.weights, labels, [0], shape.initial, "cpu")
    theirs: Any = BertForSequenceClassification(config).train(False)
    lacks, _ = theirs.load_state_dict(to_bert(weights, 0, shape.layers), strict=False)
    if lacks := [name for name in lacks if not name.endswith("position_ids")]:
        raise RuntimeError(f"transformers' model has other weights than expected: {lacks[0]}")
    ids = torch.as_tensor(packed.test.marked[:LOOKED_AT].astype(np.int64))
    lengths = torch.as_tensor(packed.test.marked_lengths[:LOOKED_AT])
    mask = torch.arange(ids.shape[1]) < lengths[:, None]
    with torch.no_grad():
        ours = Encoder(shape, half=False).logits(weights, ids[None], mask[None], training=False)[0]
        other = theirs(input_ids=ids, attention_mask=mask.long()).logits
    return float((ours - other).abs().max())
