"""The device that computes, and what can go wrong with it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import torch

from .encoder import Block, block
from .refusal import Refusal
from .speed import peak_of

PATIENCE = 150
"""Seconds that compiling may take; the program then begins again without it."""


@dataclass(frozen=True)
class Machine:
    """A device.

    Parameters
    ----------
    device
        ``"cuda"`` or ``"cpu"``.
    name
        The card's name.
    peak
        Its dense bf16 peak in FLOP/s; None if unknown.
    memory
        Bytes of it that are free; 0 on a CPU.
    """

    device: str
    name: str
    peak: float | None
    memory: int

    @classmethod
    def find(cls, device: str, peak: float | None, precision: str) -> Machine:
        """Return the device to compute on.

        Parameters
        ----------
        device
            ``"auto"``, ``"cuda"`` or ``"cpu"``.
        peak
            Its peak in TFLOP/s, if the user says it.
        precision
            What the trials are planned in.

        Raises
        ------
        Refusal
            If there is no such device, or it cannot compute in this precision.
        """
        has = torch.cuda.is_available()
        if device == "cuda" and not has:
            raise Refusal(
                f"torch {torch.__version__} finds no GPU here; --device cpu computes on the CPU"
            )
        if device == "cpu" or not has:
            return cls("cpu", "CPU", None if peak is None else peak * 1e12, 0)
        if (
            precision == "bf16"
            and torch.cuda.get_device_capability()[0] < 8
            and not torch.version.hip
        ):
            raise Refusal(
                f"{torch.cuda.get_device_name()} does not compute in bf16, in which these trials "
                "are planned; take a card of the A100's generation or later"
            )
        name = torch.cuda.get_device_name()
        with suppress(
            AttributeError
        ):  # one of torch's ways of attention; new, and not for all shapes
            torch.backends.cuda.enable_cudnn_sdp(False)
        free, _ = torch.cuda.mem_get_info()
        return cls("cuda", name, peak_of(name) if peak is None else peak * 1e12, free)

    def alive(self) -> bool:
        """Return whether the device still computes: after some errors it does not."""
        try:
            return float(torch.ones(1, device=self.device).sum()) == 1
        except RuntimeError:
            return False

    def plain_attention(self) -> bool:
        """Compute attention in the slowest and safest way; return whether that is another way."""
        if self.device != "cuda":
            return False
        flash: bool = torch.backends.cuda.flash_sdp_enabled()  # type: ignore[no-untyped-call]
        if flash:
            torch.backends.cuda.enable_flash_sdp(False)
            torch.backends.cuda.enable_mem_efficient_sdp(False)
            torch.backends.cuda.enable_math_sdp(True)
        return flash

    def free(self) -> None:
        """Give back memory that nothing uses."""
        if self.device == "cuda":
            torch.cuda.empty_cache()


def out_of_memory(error: BaseException) -> bool:
    """Return whether an error says that memory ran out."""
    reason = str(error).lower()
    return isinstance(error, MemoryError) or any(
        words in reason for words in ("out of memory", "can't allocate", "alloc_failed")
    )


def compiled() -> Block:
    """Return `block`, compiled for the shapes that it is called with."""
    import torch._dynamo
    import torch._inductor.config as inductor

    torch._dynamo.reset()
    inductor.compile_threads = 1  # no processes of its own that could hang
    made: Block = torch.compile(block, dynamic=False, fullgraph=True)
    return made


@contextmanager
def no_longer_than(seconds: float, otherwise: Callable[[], None]) -> Iterator[None]:
    """Call ``otherwise``, in a thread of its own, if what is inside takes longer."""
    timer = threading.Timer(seconds, otherwise)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def begin_again(*arguments: str) -> None:
    """Start this program anew with further arguments, in place of this process."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.argv, *arguments])


def give_up() -> None:
    """End the process, whatever it waits for."""
    print(
        "error: nothing has moved for a minute after the time was up; what was done is kept",
        flush=True,
    )
    os._exit(2)
