import numpy as np
import pytest

from criticalmass import DataError, ParameterError, StampPatch


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


def test_bad_input(images, table):
    rng = np.random.default_rng(0)
    with pytest.raises(DataError, match="7 pixels does not fit"):
        StampPatch(1.0, size=7).apply(images.features, population=images, rng=rng)
    with pytest.raises(DataError, match="StampPatch marks images"):
        StampPatch(1.0).apply(table.features, population=table, rng=rng)
    with pytest.raises(ParameterError, match="at least 1 pixel"):
        StampPatch(1.0, size=0)
    with pytest.raises(ParameterError, match="did you mean 'top-left'"):
        StampPatch(1.0, corner="topleft")
