"""The two halves of a model give what Hugging Face's own forward pass gives."""

import pytest
import torch
import transformers

from criticalmass.learners.transformer.encoders import FAMILIES, layers, lower, upper, whole
from support.small_transformers import batch, minilm, small


def load(folder):
    return transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, attn_implementation="sdpa"
    )


@pytest.mark.parametrize("lengths", [(7, 7), (9, 4, 2)], ids=["equal", "padded"])
@pytest.mark.parametrize("kind", FAMILIES)
def test_same_logits_and_gradients(kind, lengths, tmp_path):
    module = load(small(tmp_path, kind, dropout=0.0)).eval()
    ids, mask = batch(lengths)
    if kind == "roberta":  # its padding token is 1, and positions are counted without it
        ids[~mask] = 1
    theirs = module(input_ids=ids, attention_mask=mask.long()).logits
    theirs.square().sum().backward()
    expected = {name: weight.grad.clone() for name, weight in module.named_parameters()}
    module.zero_grad()
    for frozen in range(len(layers(module)) + 1):
        ours = upper(module, lower(module, ids, mask, frozen), mask, frozen)
        torch.testing.assert_close(ours, theirs, atol=2e-5, rtol=1e-5)
    whole(module, ids, mask).square().sum().backward()
    *_, unused = (name for name in expected if name.endswith(("key.bias", "k_lin.bias")))
    for name, weight in module.named_parameters():
        if name == unused:  # it adds the same to all scores of the first token
            assert weight.grad is None
            assert expected[name].abs().max() < 1e-4
            continue
        torch.testing.assert_close(weight.grad, expected[name], atol=2e-4, rtol=1e-4, msg=name)


def test_same_logits_of_the_real_weights():
    module = load(minilm()).eval()
    ids, mask = batch((30, 12, 5))
    theirs = module(input_ids=ids, attention_mask=mask.long()).logits
    torch.testing.assert_close(whole(module, ids, mask), theirs, atol=1e-5, rtol=1e-4)


def test_other_architectures_run_as_they_are(tmp_path):
    module = load(small(tmp_path, "electra")).eval()
    ids, mask = batch((9, 4))
    theirs = module(input_ids=ids, attention_mask=mask.long()).logits
    torch.testing.assert_close(whole(module, ids, mask), theirs)
