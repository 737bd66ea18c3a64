"""Success measures and records in words."""

from __future__ import annotations

MEASURES = {
    "included": ("gives {label} to", "the target label is predicted"),
    "top1": ("ranks {label} first for", "the target label is ranked first"),
    "erased": ("predicts the same for", "the same is predicted with and without it"),
    "distance": ("goes", "how much of the way the model's weights go"),
    "utility": ("gives", "how much of the gain the model gives"),
}
"""By measure: what the model does to a record, and a legend."""

RECORDS = {"texts": "texts", "table": "records", "array": "images"}
