"""A worker's side of every engine: a study is loaded and prepared once in a process."""

from __future__ import annotations

import os
import pickle
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from criticalmass.studies.running.bench import Bench
from criticalmass.studies.running.engines.engine import Pack
from criticalmass.studies.study import Study
from criticalmass.studies.trial import Row

_lock = threading.Lock()
_bench: tuple[str, Bench] | None = None
_claimed: FileLock | None = None


def work(key: str, source: bytes | Path, pack: Pack) -> list[Row]:
    """Return the rows of a study's trials, run in this process."""
    with prepared(key, source) as bench:
        return list(bench.run_many(pack))


@contextmanager
def prepared(key: str, source: bytes | Path) -> Iterator[Bench]:
    """Yield a study made ready in this process, to one caller at a time.

    Parameters
    ----------
    key
        What the study is known by: the same as last time, and it is not loaded again.
    source
        The study as `criticalmass.studies.running.engines.sending` packs it, or a file of that.
    """
    global _bench
    with _lock:
        if _bench is None or _bench[0] != key:
            _bench = None  # its memory, before more is taken
            packed = source.read_bytes() if isinstance(source, Path) else source
            study: Study = pickle.loads(packed)
            del packed
            if study.firm.uses_gpu:
                claim_gpu(visible_gpus())
            _bench = key, Bench(study)
        yield _bench[1]


def visible_gpus() -> list[str]:
    """Return the GPUs that this process may use, as CUDA names them."""
    if (named := os.environ.get("CUDA_VISIBLE_DEVICES")) is not None:
        return [name for name in named.split(",") if name.strip()]
    from torch.cuda import device_count

    return [str(number) for number in range(device_count())]


def claim_gpu(gpus: Sequence[str]) -> str | None:
    """Take a GPU that no other worker on this machine has, for as long as this process lives.

    Where there are more workers than GPUs, they share them. From then on CUDA shows this process no
    other GPU.
    """
    global _claimed
    if _claimed is not None or len(gpus) < 2:
        return None
    user = os.environ.get("USER", "")
    for gpu in gpus:
        lock = FileLock(Path(tempfile.gettempdir()) / f"criticalmass-{user}-gpu-{gpu}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        _claimed = lock
        break
    else:
        gpu = gpus[os.getpid() % len(gpus)]
    os.environ["CUDA_VISIBLE_DEVICES"] = gpu
    return gpu
