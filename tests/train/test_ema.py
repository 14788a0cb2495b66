import pytest
import torch

from dramatis.train.ema import Ema, decay_at


def test_a_mean_by_hand():
    """Weights 1, then 3 and 5; the first steps keep 1/10 and 2/11 of the mean."""
    weight = torch.tensor([1.0])
    ema = Ema([weight], 0.999)
    weight.fill_(3.0)
    ema.update(1)
    assert ema.means[0].item() == pytest.approx(0.1 * 1 + 0.9 * 3)
    weight.fill_(5.0)
    ema.update(2)
    assert ema.means[0].item() == pytest.approx(2 / 11 * 2.8 + 9 / 11 * 5)


def test_the_decay_grows_to_its_end():
    assert [decay_at(step, 0.5) for step in (1, 2, 9, 1000)] == pytest.approx([1 / 10, 2 / 11, 0.5, 0.5])


def test_the_mean_stands_in_and_leaves_no_trace():
    weight = torch.nn.Parameter(torch.rand(3, 4))
    ema = Ema([weight], 0.9)
    own = weight.detach().clone()
    ema.means[0].fill_(7)
    with ema.in_place():
        assert (weight == 7).all()
    assert torch.equal(weight, own)
    ema.settle()
    assert (weight == 7).all()
