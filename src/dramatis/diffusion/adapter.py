"""What an adapter file says, whichever program wrote it, and the change of a layer's weight that it means."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from dramatis.diffusion.keys import Place

Update = Mapping[str, Tensor]
"""The tensors of one layer by the names of LyCORIS: `lora_down.weight`, `hada_w1_a`, `lokr_w1`, `diff`, `alpha`, …"""


class Adapter(NamedTuple):
    """The content of an adapter file."""

    layers: dict[Place, dict[str, Tensor]]
    metadata: dict[str, str]


KINDS = {
    "lora": {"lora_down.weight", "lora_up.weight"},
    "loha": {"hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"},
    "lokr": {"lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b"},
    "full": {"diff"},
    "norm": {"w_norm"},
}
"""What an update of each kind holds; of lokr some."""
KNOWN = set().union(*KINDS.values()) | {
    "alpha", "dora_scale", "lora_mid.weight", "hada_t1", "hada_t2", "lokr_t2", "diff_b", "b_norm",
}  # fmt: skip
"""All names that are understood."""


def kind_of(update: Update) -> str | None:
    """lora, loha, lokr, full or norm; None if a tensor is missing or a name is not known."""
    names = set(update)
    if names - KNOWN:
        return None
    if names & KINDS["lokr"]:
        whole = all(f"lokr_{w}" in names or {f"lokr_{w}_a", f"lokr_{w}_b"} <= names for w in ("w1", "w2"))
        return "lokr" if whole else None
    return next((kind for kind, needed in KINDS.items() if kind != "lokr" and needed <= names), None)


def rank_of(update: Update) -> int:
    """Rank of an update; 0 where it has none."""
    for name, axis in (("lora_down.weight", 0), ("hada_w1_b", 0), ("lokr_w1_b", 0), ("lokr_w2_b", 0)):
        if name in update:
            return update[name].shape[axis]
    return 0


def strength_of(update: Update) -> float:
    """alpha / rank; 1 without an alpha or a rank."""
    rank = rank_of(update)
    return float(update["alpha"]) / rank if "alpha" in update and rank else 1.0


def change_of(update: Update, shape: torch.Size) -> Tensor:
    """What is added to the weight at full strength, in fp32, shape as of the weight; DoRA's length is left out.

    LoRA (arXiv 2106.09685), LoHa (FedPara, arXiv 2108.06098), LoKr (arXiv 2212.10650), Tucker forms as LyCORIS has them
    (arXiv 2309.14859).

    Raises:
        ValueError: the tensors do not give that shape, or are of no kind that is known.
    """
    kind = kind_of(update)
    if kind is None:
        raise ValueError(f"holds {', '.join(sorted(update))}, which is no kind of update that is known")
    t = {name: tensor.float() for name, tensor in update.items()}
    try:
        change = CHANGES[kind](t) * strength_of(update)
    except RuntimeError as error:  # torch: sizes that do not fit each other
        raise ValueError("has tensors that do not fit each other") from error
    if change.numel() != math.prod(shape) or change.shape[0] != shape[0]:
        raise ValueError(f"is for {_worded(change.shape)} weights, here they are {_worded(shape)}")
    return change.reshape(shape)


def _lora(t: Mapping[str, Tensor]) -> Tensor:
    down, up = t["lora_down.weight"], t["lora_up.weight"]
    if "lora_mid.weight" in t:
        return torch.einsum("mn...,im,nj->ij...", t["lora_mid.weight"], up.flatten(1), down.flatten(1))
    return (up.flatten(1) @ down.flatten(1)).reshape(up.shape[0], *down.shape[1:])


def _loha(t: Mapping[str, Tensor]) -> Tensor:
    return _hada(t, "1") * _hada(t, "2")


def _hada(t: Mapping[str, Tensor], side: str) -> Tensor:
    a, b = t[f"hada_w{side}_a"], t[f"hada_w{side}_b"]
    core = t.get(f"hada_t{side}")
    return a @ b if core is None else torch.einsum("ij...,jr,ip->pr...", core, b, a)


def _lokr(t: Mapping[str, Tensor]) -> Tensor:
    left = t["lokr_w1"] if "lokr_w1" in t else t["lokr_w1_a"] @ t["lokr_w1_b"]
    if "lokr_w2" in t:
        right = t["lokr_w2"]
    elif "lokr_t2" in t:
        right = torch.einsum("ij...,ip,jr->pr...", t["lokr_t2"], t["lokr_w2_a"], t["lokr_w2_b"])
    else:
        a, b = t["lokr_w2_a"], t["lokr_w2_b"]
        right = (a @ b.flatten(1)).reshape(a.shape[0], *b.shape[1:])
    return torch.kron(left.reshape(*left.shape, *[1] * (right.dim() - left.dim())), right.contiguous())


CHANGES = {
    "lora": _lora,
    "loha": _loha,
    "lokr": _lokr,
    "full": lambda t: t["diff"],
    "norm": lambda t: t["w_norm"],
}


def adapted(weight: Tensor, update: Update, scale: float = 1.0) -> Tensor:
    """The weight with an update, shape and type as of `weight`; at scale 0 it is the weight itself.

    With DoRA (arXiv 2402.09353) the scale goes from the weight to what the adapter makes of it.

    Raises:
        ValueError: the update is for a weight of another shape.
    """
    change = change_of(update, weight.shape)
    if scale == 0:
        return weight
    old = weight.float()
    if "dora_scale" not in update:
        return (old + scale * change).to(weight.dtype)
    new = old + change
    length = update["dora_scale"].float()
    on_out = length.shape[0] == weight.shape[0] and length.numel() == weight.shape[0]
    if not on_out and length.numel() != weight.shape[1]:
        raise ValueError(f"has {length.numel()} lengths for a weight of {_worded(weight.shape)}")
    new = new * (length.reshape(lengths_of(new, on_out).shape) / lengths_of(new, on_out))
    return (old + scale * (new - old)).to(weight.dtype)


def lengths_of(weight: Tensor, on_out: bool = True) -> Tensor:
    """Lengths of a weight's rows (or columns), shape (out, 1, …) or (1, in, …)."""
    axes = [axis for axis in range(weight.dim()) if axis != (0 if on_out else 1)]
    return torch.linalg.vector_norm(weight, dim=axes, keepdim=True)


def _worded(shape: torch.Size) -> str:
    return "x".join(map(str, shape))
