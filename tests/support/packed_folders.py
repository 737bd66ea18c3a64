"""A tiny BERT with a vocabulary of its own, and a folder packed with it for a GPU elsewhere."""

from dataclasses import replace

import numpy as np

from criticalmass.datasets import synthetic_resumes
from criticalmass.papers.hardt2023.elsewhere import StackedTransformer
from criticalmass.papers.hardt2023.packing import FIGURES, pack
from criticalmass.papers.hardt2023.setup import CLASSES, TOKEN, Options, Setup, Size

TRAIN, TEST = 60, 30


def corpus():
    """Made-up profiles whose first three trades are called as the paper's classes."""
    people = synthetic_resumes(TRAIN + TEST, seed=1)
    texts = np.array([text[: 40 + 7 * n] for n, text in enumerate(people.features)], dtype=object)
    return replace(people, features=texts, label_names=(*CLASSES, *people.label_names[3:]))


def tiny_bert(folder, *, dropout=0.0, layers=2, words=(), texts=None):
    """Save a BERT with random weights that knows the words of some texts; return its folder."""
    import tokenizers
    import torch
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    texts = corpus().features if texts is None else texts
    known = sorted({word for text in texts for word in text.lower().split()})
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", TOKEN]
    vocabulary = [*special, *words, *(word for word in known if word not in words)]
    numbers = {word: number for number, word in enumerate(vocabulary)}
    wordpiece = tokenizers.BertWordPieceTokenizer(numbers)
    wordpiece.save(str(folder / "tokenizer.json"))
    transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]",
    ).save_pretrained(folder)  # fmt: skip
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, intermediate_size=32, num_hidden_layers=layers,
        num_attention_heads=2, hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout,
        max_position_embeddings=40, num_labels=3,
    )  # fmt: skip
    model = transformers.BertForSequenceClassification(config)
    for weight in model.parameters():  # larger than a fresh model's: layers matter
        if weight.ndim > 1:
            torch.nn.init.normal_(weight, std=0.2)
    model.save_pretrained(folder)
    return folder


def setups(folder, model, **changes):
    """Return the setups of Figures 2 and 3 at a very small size, with results in a folder."""
    recipe = {"epochs": 2, "max_length": 24, "batch_size": 8, "learning_rate": 1e-3}
    learner = StackedTransformer(str(model), **{**recipe, "precision": "fp32", **changes})
    size = Size(
        TRAIN, TEST, learner, (2,), (0.05, 0.2), (0.3, 0.8), 1, "Nearly everything.", elsewhere=True
    )
    options = Options("transformer", "gpu")
    return {
        figure: Setup(size, folder / "hardt2023" / f"{figure}-transformer-gpu", options, corpus)
        for figure in FIGURES
    }


def packed(folder, **changes):
    """Pack Figures 2 and 3 with a tiny BERT; return the packed folder and the setups."""
    made = setups(folder / "results", tiny_bert(folder / "model"), **changes)
    pack(folder / "packed", made)
    return folder / "packed", made
