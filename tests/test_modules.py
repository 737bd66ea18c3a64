"""Torch modules as firms, against finite differences and the closed form."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from criticalmass.errors import DataError, ParameterError  # noqa: E402
from criticalmass.risks import ModuleRisk, Perceptron, Risk, Sample  # noqa: E402
from criticalmass.studies.identity.describe import describe  # noqa: E402


def draw(loss, n=40, d=3, seed=0, weights=False):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d))
    y = {
        "logistic": rng.integers(0, 2, (n, 1)),
        "multinomial": np.eye(4)[rng.integers(0, 4, n)][:, 1:],
        "squared": rng.normal(size=(n, 1)),
        "poisson": rng.poisson(2, (n, 1)),
    }[loss].astype(float)
    return Sample(x, y, rng.random(n) if weights else None)


def wide(inputs: int, outputs: int) -> torch.nn.Module:
    return torch.nn.Sequential(
        torch.nn.Linear(inputs, 5), torch.nn.GELU(), torch.nn.Linear(5, outputs)
    )


def unannotated(inputs, outputs):
    raise AssertionError("nothing unknown is called")


def with_buffers(inputs: int, outputs: int) -> torch.nn.Module:
    return torch.nn.Sequential(torch.nn.Linear(inputs, outputs), torch.nn.BatchNorm1d(outputs))


LOSSES = ("logistic", "multinomial", "squared", "poisson")


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("network", [Perceptron((4,)), Perceptron((3, 2)), wide])
def test_gradient_is_the_slope_of_the_value(loss, network):
    sample = draw(loss, weights=True)
    model = ModuleRisk(network, loss=loss, l2=0.05)
    theta = model.start(1, sample)
    assert len(theta) == model.size(sample)
    gradient = model.gradient(theta, sample)
    for j in range(len(theta)):
        step = np.zeros(len(theta))
        step[j] = 1e-5
        slope = (model.value(theta + step, sample) - model.value(theta - step, sample)) / 2e-5
        assert gradient[j] == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_of_records_average_to_the_gradient(loss):
    sample = draw(loss, weights=True)
    model = ModuleRisk(Perceptron((4,)), loss=loss, l2=0.05)
    theta = model.start(1, sample)
    each = model.gradients(theta, sample.x, sample.y)
    assert each.shape == (len(sample), len(theta))
    assert sample.shares() @ each == pytest.approx(model.gradient(theta, sample), abs=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_without_hidden_layers_it_is_the_linear_model(loss):
    sample = draw(loss)
    network, risk = ModuleRisk(Perceptron(()), loss=loss, l2=0.1), Risk(loss, l2=0.1)
    k, d = sample.y.shape[1], sample.x.shape[1]
    # torch has all weights first, then all intercepts
    order = np.concatenate(
        [np.arange(k * (d + 1)).reshape(k, -1)[:, :d].ravel(), np.arange(d, k * (d + 1), d + 1)]
    )
    theta = np.random.default_rng(0).normal(size=len(order))
    assert network.value(theta[order], sample) == pytest.approx(risk.value(theta, sample))
    assert network.predictors(theta[order], sample.x) == pytest.approx(
        risk.predictors(theta, sample.x)
    )
    assert network.gradients(theta[order], sample.x, sample.y) == pytest.approx(
        risk.gradients(theta, sample.x, sample.y)[:, order]
    )
    best = network.minimize(sample)
    assert best == pytest.approx(risk.minimize(sample)[order], abs=1e-4)


def test_minimum_and_fixed_parameters():
    sample = draw("multinomial")
    model = ModuleRisk(Perceptron((3,)), l2=1e-2, seed=3)
    theta = model.minimize(sample)
    assert np.linalg.norm(model.gradient(theta, sample)) <= 1e-6
    assert np.array_equal(theta, model.minimize(sample))
    fixed = np.arange(len(theta)) < 4
    held = model.minimize(sample, start=model.start(0, sample), fixed=fixed)
    assert np.array_equal(held[fixed], model.start(0, sample)[fixed])
    assert np.linalg.norm(model.gradient(held, sample)[~fixed]) <= 1e-6
    assert not model.convex


def test_separable_labels_without_a_penalty_have_no_minimum():
    x = np.linspace(-1, 1, 10)[:, None]
    with pytest.raises(DataError, match="give l2 a higher value"):
        ModuleRisk(Perceptron(()), loss="squared").minimize(
            Sample(np.hstack([x * 1e8, x]), np.sin(9 * x) * 1e8)
        )


def test_no_global_randomness_and_many_threads():
    sample = draw("multinomial", n=200)
    model = ModuleRisk(Perceptron((6,)))
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    thetas = [model.start(seed, sample) for seed in range(24)]
    alone = [model.gradients(theta, sample.x, sample.y) for theta in thetas]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda t: model.gradients(t, sample.x, sample.y), thetas))
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one, other)
    assert torch.equal(torch.rand(3), expected)


def test_gradients_of_a_relu_network_lie_in_a_subspace():
    sample = draw("multinomial", n=400)
    for activation, missing in (("tanh", 0), ("relu", 2)):
        model = ModuleRisk(Perceptron((2,), activation))
        theta = model.start(0, sample)
        values = np.linalg.svd(model.gradients(theta, sample.x, sample.y), compute_uv=False)
        assert (values < 1e-10 * values[0]).sum() == missing


def test_networks_by_name():
    sample = draw("logistic")
    by_name = ModuleRisk(f"{__name__}:wide", loss="logistic")
    itself = ModuleRisk(wide, loss="logistic")
    theta = by_name.start(0, sample)
    assert by_name.value(theta, sample) == itself.value(theta, sample)
    assert ModuleRisk("torch.nn:Linear", loss="logistic").size(sample) == 4
    assert describe(ModuleRisk(Perceptron((5,))))["network"] == {
        "kind": "Perceptron",
        "hidden": [5],
        "activation": "tanh",
    }
    assert describe(itself)["network"]["kind"] == "wide"
    for name, message in [
        ("torch.nn:Linaer", "no network 'torch.nn:Linaer'"),
        ("nowhere", "no network 'nowhere'"),
        ("os:kill", "must be a torch.nn.Module, or a function"),
        (f"{__name__}:unannotated", "must be a torch.nn.Module, or a function"),
    ]:
        with pytest.raises(ParameterError, match=message):
            ModuleRisk(name, loss="logistic").size(sample)


def test_impossible_values_are_refused():
    sample = draw("logistic")
    with pytest.raises(ParameterError, match="did you mean 'logistic'"):
        ModuleRisk(Perceptron(()), loss="logisitc")
    with pytest.raises(ParameterError, match="l2 is a strength from 0 on, not -1"):
        ModuleRisk(Perceptron(()), l2=-1)
    with pytest.raises(ParameterError, match="float cannot be called"):
        ModuleRisk(3.0)
    with pytest.raises(ParameterError, match="at least one unit each"):
        Perceptron((0,))
    with pytest.raises(ParameterError, match="did you mean 'relu'"):
        Perceptron((2,), activation="rely")
    with pytest.raises(ParameterError, match="has buffers"):
        ModuleRisk(with_buffers, loss="logistic").size(sample)
    with pytest.raises(ParameterError, match="no form with 3 features and 6 parameters"):
        ModuleRisk(Perceptron(()), loss="logistic").predictors(np.zeros(6), sample.x)
