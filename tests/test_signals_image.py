import numpy as np
import pytest

from criticalmass import Population, StampPatch
from criticalmass.errors import DataError, ParameterError


@pytest.mark.parametrize(
    ("corner", "place"),
    [
        ("top-left", np.s_[:, :2, :2]),
        ("top-right", np.s_[:, :2, -2:]),
        ("bottom-left", np.s_[:, -2:, :2]),
        ("bottom-right", np.s_[:, -2:, -2:]),
    ],
)
def test_stamps_its_corner_alone(corner, place, images):
    signal = StampPatch(9.0, size=2, corner=corner)
    marked = signal.apply(images.features, population=images, rng=np.random.default_rng(0))
    assert (marked[place] == 9).all()
    marked[place] = images.features[place]
    assert np.array_equal(marked, images.features)


def test_colour_images_keep_their_channels(images):
    colour = np.repeat(images.features[..., None], 3, axis=3)
    marked = StampPatch(9.0).apply(colour, population=images, rng=np.random.default_rng(0))
    assert marked.shape == colour.shape
    assert (marked[:, -2:, -2:, :] == 9).all()


def test_impossible_patches_are_refused(images, table):
    rng = np.random.default_rng(0)
    with pytest.raises(DataError, match="7 pixels does not fit"):
        StampPatch(1.0, size=7).apply(images.features, population=images, rng=rng)
    with pytest.raises(DataError, match="StampPatch marks images"):
        StampPatch(1.0).apply(table.features, population=table, rng=rng)
    with pytest.raises(ParameterError, match="at least 1 pixel"):
        StampPatch(1.0, size=0)
    with pytest.raises(ParameterError, match="did you mean 'top-left'"):
        StampPatch(1.0, corner="topleft")


def stamped(images, **said):
    people = Population.from_arrays(images, ["a", "b"], **said)
    signal = StampPatch(value=9, size=2, corner="top-left")
    return signal.apply(people.features, population=people, rng=np.random.default_rng(0))


def test_a_patch_is_stamped_into_every_channel_wherever_channels_are():
    first = stamped(np.zeros((2, 3, 8, 8)), channels="first")
    last = stamped(np.zeros((2, 8, 8, 3)))
    assert np.array_equal(first, np.moveaxis(last, -1, 1))
    assert (first[:, :, :2, :2] == 9).all()
    assert first.sum() == 2 * 3 * 4 * 9
    assert np.array_equal(last, stamped(np.zeros((2, 8, 8, 3)), channels="last"))


@pytest.mark.parametrize("shape", [(2, 3, 8, 8), (2, 1, 8, 8), (2, 3, 3, 3), (2, 12, 8, 9)])
def test_where_channels_may_be_first_or_last_it_must_be_said(shape):
    with pytest.raises(DataError, match=r"say Population\.from_arrays") as refused:
        stamped(np.zeros(shape))
    assert "\n" not in str(refused.value)
    stamped(np.zeros(shape), channels="first")


def test_channels_are_told_of_images_alone():
    with pytest.raises(DataError, match=r"four axes, not of array of shape \(2, 8, 8\)"):
        stamped(np.zeros((2, 8, 8)), channels="first")
    with pytest.raises(ParameterError, match="unknown channels 'middle'"):
        stamped(np.zeros((2, 3, 8, 8)), channels="middle")


def test_trials_are_told_apart_by_where_channels_are():
    images = np.zeros((2, 3, 8, 8))
    plain, first, last = (
        Population.from_arrays(images, ["a", "b"], channels=said)
        for said in (None, "first", "last")
    )
    assert plain.fingerprint == last.fingerprint != first.fingerprint
    assert first.take(np.array([0])).channels == "first"
