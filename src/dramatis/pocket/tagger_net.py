"""The network of the pocket tagger, in the layout of the WD14 taggers."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from dramatis.pocket.residual import trunk


class Tagger(nn.Module):
    """Probabilities of all tags; within a group at most one tag is true.

    Attributes:
        tags: all tags, group by group.
        sizes: for each group, the number of its tags and one more, which stands for none of them.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]], size_px: int, widths: Sequence[int], blocks: Sequence[int]):
        super().__init__()
        self.tags = tuple(tag for group in groups.values() for tag in group)
        self.sizes = [len(group) + 1 for group in groups.values()]
        self.trunk, features = trunk(size_px, widths, blocks)
        self.head = nn.Linear(features, sum(self.sizes))

    def logits(self, images: Tensor) -> tuple[Tensor, ...]:
        """From BGR pictures (N, S, S, 3) in 0..255: for each group (N, tags + 1), none of them first."""
        scaled = images.permute(0, 3, 1, 2) / 127.5 - 1
        return self.head(self.trunk(scaled)).split(self.sizes, dim=1)

    def forward(self, images: Tensor) -> Tensor:
        """From BGR pictures (N, S, S, 3) in 0..255: probabilities (N, T) in the order of `tags`."""
        return torch.cat([logits.softmax(1)[:, 1:] for logits in self.logits(images)], 1)


def targets(tags: Sequence[str], groups: Mapping[str, Sequence[str]]) -> list[int]:
    """For each group the number of the tag that a picture has, from 1; 0 for none.

    Raises:
        ValueError: two tags of a picture are in one group.
    """
    chosen = []
    for name, group in groups.items():
        found = [number for number, tag in enumerate(group, 1) if tag in tags]
        if len(found) > 1:
            raise ValueError(f"group {name} has {len(found)} tags of one picture, at most one is allowed")
        chosen.append(found[0] if found else 0)
    return chosen
