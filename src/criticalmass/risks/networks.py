"""Torch networks by shape or by name, made without drawing a random number.

Needs the extra ``[torch]``; torch is imported when a network is made.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, get_type_hints

from criticalmass.errors import ParameterError, needs, require_choice
from criticalmass.fields import check_fields

if TYPE_CHECKING:
    from torch import nn

Factory = Callable[[int, int], "nn.Module"]
"""What makes a network, from its numbers of inputs and outputs."""


@dataclass(frozen=True)
class Perceptron:
    """A network of fully connected layers.

    Parameters
    ----------
    hidden
        Width of each hidden layer; with one, the network has two layers of weights.
    activation
        ``"tanh"`` or ``"relu"``. At every θ the gradients of a relu network's records lie in a
        subspace, one dimension smaller for each hidden unit, because scaling a unit's weights up
        and those behind it down changes nothing. Records, unlike gradients, cannot steer it.

    Examples
    --------
    >>> Perceptron((3,))(2, 1)
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): Tanh()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    """

    hidden: tuple[int, ...] = (16,)
    activation: Literal["tanh", "relu"] = "tanh"

    def __post_init__(self) -> None:
        check_fields(self)
        require_choice("activation", self.activation, ("tanh", "relu"))
        object.__setattr__(self, "hidden", tuple(self.hidden))
        if any(width < 1 for width in self.hidden):
            raise ParameterError(f"hidden layers have at least one unit each, not {self.hidden}")

    def __call__(self, inputs: int, outputs: int) -> nn.Module:
        """Return a new network."""
        from torch import nn

        layers: list[nn.Module] = []
        for width in self.hidden:
            layers += [
                nn.Linear(inputs, width),
                {"tanh": nn.Tanh, "relu": nn.ReLU}[self.activation](),
            ]
            inputs = width
        return nn.Sequential(*layers, nn.Linear(inputs, outputs))


@lru_cache(maxsize=64)
def skeleton(
    network: Perceptron | str | Factory, inputs: int, outputs: int, thread: int
) -> nn.Module:
    """Return a module that has shapes but no numbers: making it draws no random ones."""
    try:
        import torch
    except ModuleNotFoundError:
        raise ParameterError(needs("ModuleRisk", "torch", "torch")) from None
    make = _named(network) if isinstance(network, str) else network
    with torch.device("meta"):
        module = make(inputs, outputs)
    if not isinstance(module, torch.nn.Module):
        raise ParameterError(f"network must make a torch.nn.Module, not {type(module).__name__}")
    if next(module.buffers(), None) is not None:
        raise ParameterError(
            "the network has buffers (such as batch normalisation's), so records have no "
            "gradients of their own; layer normalisation has none"
        )
    return module.eval()


def _named(path: str) -> Any:
    """Return the class or function of a name ``"package.module:name"``."""
    from torch import nn

    module, _, name = path.partition(":")
    try:
        made = getattr(importlib.import_module(module), name)
        returned = made if isinstance(made, type) else get_type_hints(made).get("return")
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise ParameterError(
            f"no network {path!r}; give its full name, such as 'package.module:function'"
        ) from error
    # A study file may come from anybody: nothing but what says that it makes a module is called.
    if not (isinstance(returned, type) and issubclass(returned, nn.Module)):
        raise ParameterError(
            f"{path} must be a torch.nn.Module, or a function whose return annotation is one"
        )
    return made
