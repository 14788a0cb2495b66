"""A running mean of the weights, which is smoother than the weights themselves."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch


def decay_at(step: int, decay: float) -> float:
    """How much of the mean is kept in a step: less at the beginning, so that it forgets the untrained weights.

    min(decay, (1 + n) / (10 + n)) of the n steps before, as TensorFlow's ExponentialMovingAverage has it.
    """
    return min(decay, step / (9 + step))


class Ema:
    """The mean of some tensors, in fp32 beside them."""

    def __init__(self, weights: Sequence[torch.Tensor], decay: float):
        self.weights, self.decay = [tensor.data for tensor in weights], decay
        self.means = [tensor.detach().clone() for tensor in weights]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Takes the weights after a step of the phase, from 1, into the mean."""
        torch._foreach_lerp_(self.means, self.weights, 1 - decay_at(step, self.decay))

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The weights are the mean as long as this is open."""
        own = [tensor.clone() for tensor in self.weights]
        self.settle()
        try:
            yield
        finally:
            torch._foreach_copy_(self.weights, own)

    def settle(self) -> None:
        """The weights become the mean for good."""
        torch._foreach_copy_(self.weights, self.means)
