"""`ModuleRisk`: any torch module as a firm's model, ready for gradient descent and its steering.

The parameters are one vector θ, like those of `criticalmass.risks.risk.Risk`, and every record has
its own gradient. Needs the extra ``[torch]``; torch is imported when something is computed.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from criticalmass.arrays import Array
from criticalmass.errors import DataError, ParameterError, require_choice
from criticalmass.risks.differentiable import Differentiable
from criticalmass.risks.losses import LOSSES
from criticalmass.risks.networks import Factory, Perceptron, skeleton
from criticalmass.risks.sample import Sample

if TYPE_CHECKING:
    from torch import Tensor, nn


TOLERANCE = 1e-6
"""Norm of the mean gradient at which a network counts as optimal."""
ITERATIONS = 20_000
CHUNK = 4096
"""The gradients of so many records are computed at a time."""


@dataclass(frozen=True)
class ModuleRisk(Differentiable):
    """The expected loss of a torch module, penalised: ℓ(θ; z) + l2/2 · ‖weights‖².

    The module maps features (n, d) to the loss's k predictors (n, k), in double precision: one for
    logistic, squared and Poisson loss; for multinomial loss one for every label but the first,
    whose predictor is 0. Risks of networks are not convex: theorems on minimisers do not apply.

    Parameters
    ----------
    network
        What makes the module, called as ``network(inputs, outputs)``: a `Perceptron`, a class or
        function of your own at the top of a module, or its name ``"package.module:name"``. The
        module must not draw random numbers and must have no buffers (as batch normalisation has,
        which gives no record a gradient of its own).
    loss
        A loss of `criticalmass.risks.losses`.
    l2
        Strength of the penalty beside the *mean* loss; vectors, such as biases, are left out.
    seed
        Seed of the weights that `minimize` begins with.

    Examples
    --------
    >>> model = ModuleRisk(Perceptron((2,)), loss="logistic")
    >>> sample = Sample(np.array([[-1.0], [1.0]]), np.array([[0.0], [1.0]]))
    >>> theta = model.start(0, sample)
    >>> theta.shape, model.gradients(theta, sample.x, sample.y).shape
    ((7,), (2, 7))
    """

    network: Perceptron | str | Factory
    loss: str = "multinomial"
    l2: float = 0.0
    seed: int = 0
    convex: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        require_choice("loss", self.loss, LOSSES)
        if not 0 <= self.l2 < np.inf:
            raise ParameterError(f"l2 is a strength from 0 on, not {self.l2:g}")
        if not isinstance(self.network, str) and not callable(self.network):
            raise ParameterError(
                "network makes a torch module when called with (inputs, outputs), such as "
                f"Perceptron((16,)); {type(self.network).__name__} cannot be called"
            )

    def size(self, sample: Sample) -> int:
        """Return the number p of parameters."""
        module = self._module(sample.x.shape[1], sample.y.shape[1])
        return sum(parameter.numel() for parameter in module.parameters())

    def start(self, seed: int, sample: Sample) -> Array:
        """Return random weights to begin with, (p,): uniform in ±1/√(inputs of the layer)."""
        rng = np.random.default_rng(seed)
        parts, inputs = [], 1
        for weight in self._module(sample.x.shape[1], sample.y.shape[1]).parameters():
            if weight.ndim > 1:  # a bias belongs to the weights before it
                inputs = weight[0].numel()
            parts.append(rng.uniform(-1, 1, weight.numel()) / np.sqrt(inputs))
        return np.concatenate(parts)

    def predictors(self, theta: Array, x: Array) -> Array:
        """Return η, (n, k)."""
        import torch

        module = self._module_of(theta, x.shape[1])
        with torch.no_grad():
            return np.asarray(self._eta(module, torch.tensor(theta), torch.tensor(x)).numpy())

    def value(self, theta: Array, sample: Sample) -> float:
        """Return the risk."""
        losses = LOSSES[self.loss].value(self.predictors(theta, sample.x), sample.y)
        module = self._module(sample.x.shape[1], sample.y.shape[1])
        return float(sample.shares() @ losses + theta @ self._penalty(module, theta) / 2)

    def gradient(self, theta: Array, sample: Sample) -> Array:
        """Return g_P(θ), (p,)."""
        import torch

        module = self._module(sample.x.shape[1], sample.y.shape[1])
        leaf = torch.tensor(theta, requires_grad=True)
        eta = self._eta(module, leaf, torch.tensor(sample.x))
        # the losses' slope in η is μ − y: the same numbers as `Risk` uses
        off = LOSSES[self.loss].mean(eta.detach().numpy()) - sample.y
        (gradient,) = torch.autograd.grad(eta, leaf, torch.tensor(off * sample.shares()[:, None]))
        return np.asarray(gradient.numpy() + self._penalty(module, theta))

    def gradients(self, theta: Array, x: Array, y: Array) -> Array:
        """Return ∇ℓ(θ; z) of each record, (n, p)."""
        import torch
        from torch.func import grad, vmap

        module = self._module(x.shape[1], y.shape[1])
        off = LOSSES[self.loss].mean(self.predictors(theta, x)) - y

        def along(parameters: Tensor, record: Tensor, slope: Tensor) -> Tensor:
            return (self._eta(module, parameters, record[None])[0] * slope).sum()

        each = vmap(grad(along), in_dims=(None, 0, 0), chunk_size=CHUNK)
        found = each(torch.tensor(theta), torch.tensor(x), torch.tensor(off))
        return np.asarray(found.numpy() + self._penalty(module, theta))

    def minimize(
        self, sample: Sample, *, start: Array | None = None, fixed: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return a local minimiser, (p,), to a gradient norm of 1e-6, by L-BFGS.

        Parameters
        ----------
        sample
            What the firm sees.
        start
            Where to begin; by default the random weights of ``seed``.
        fixed
            Parameters that keep their value, (p,); none by default.

        Raises
        ------
        DataError
            If none is found: without a penalty a network that fits perfectly has none.
        """
        LOSSES[self.loss].check(sample.y)
        theta = (self.start(self.seed, sample) if start is None else start).astype(float).copy()
        free = np.ones(len(theta), dtype=bool) if fixed is None else ~fixed

        def risk(part: Array) -> tuple[float, Array]:
            theta[free] = part
            return self.value(theta, sample), self.gradient(theta, sample)[free]

        options: dict[str, float] = {"maxiter": ITERATIONS, "maxfun": 2 * ITERATIONS, "maxcor": 30}
        # no component may exceed gtol; ftol = 0 leaves the gradient to decide
        options |= {"gtol": TOLERANCE / np.sqrt(max(free.sum(), 1)), "ftol": 0.0}
        for _ in range(3):  # forgetting its curvature lets L-BFGS go on where rounding stopped it
            theta[free] = minimize(
                risk, theta[free].copy(), jac=True, method="L-BFGS-B", options=options
            ).x
            left = float(np.linalg.norm(self.gradient(theta, sample)[free]))
            if left <= TOLERANCE:
                return theta
        raise DataError(
            f"no minimum of the network's risk was found: the gradient's norm is still {left:.1e}; "
            "give l2 a higher value, such as 1e-3"
        )

    def _module(self, inputs: int, outputs: int) -> nn.Module:
        # a module changes while it is evaluated with other parameters: each thread has its own
        return skeleton(self.network, inputs, outputs, threading.get_ident())

    def _module_of(self, theta: Array, inputs: int) -> nn.Module:
        """Return the module with as many parameters, whatever its number of outputs."""
        for outputs in range(1, len(theta) + 1 if self.loss == "multinomial" else 2):
            module = self._module(inputs, outputs)
            size = sum(parameter.numel() for parameter in module.parameters())
            if size == len(theta):
                return module
            if size > len(theta):
                break
        raise ParameterError(
            f"this network has no form with {inputs} features and {len(theta)} parameters"
        )

    def _eta(self, module: nn.Module, theta: Tensor, x: Tensor) -> Tensor:
        import torch
        from torch.func import functional_call

        named = list(module.named_parameters())
        parts = torch.split(theta, [parameter.numel() for _, parameter in named])
        parameters = {
            name: part.reshape(parameter.shape)
            for (name, parameter), part in zip(named, parts, strict=True)
        }
        out: Tensor = functional_call(module, parameters, (x,))
        return out

    def _penalty(self, module: nn.Module, theta: Array) -> Array:
        """Return the penalty's gradient, (p,)."""
        penalised = [np.full(weight.numel(), weight.ndim > 1) for weight in module.parameters()]
        return np.asarray(self.l2 * theta * np.concatenate(penalised))
