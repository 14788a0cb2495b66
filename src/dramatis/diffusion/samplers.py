"""Samplers: the schedulers of diffusers by the names that other programs have for them."""

from typing import Any

from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    KDPM2DiscreteScheduler,
    PNDMScheduler,
    SchedulerMixin,
    UniPCMultistepScheduler,
)

from dramatis.core.errors import ParameterError
from dramatis.diffusion.params import Sampler

_MULTISTEP = {"solver_order": 2, "final_sigmas_type": "zero", "use_karras_sigmas": False}
SAMPLERS: dict[str, tuple[type[SchedulerMixin], dict[str, Any]]] = {
    "ddim": (DDIMScheduler, {}),
    "dpm2": (KDPM2DiscreteScheduler, {"use_karras_sigmas": False}),
    "dpmpp_2m": (DPMSolverMultistepScheduler, _MULTISTEP | {"algorithm_type": "dpmsolver++"}),
    "dpmpp_2m_karras": (
        DPMSolverMultistepScheduler,
        _MULTISTEP | {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True},
    ),
    "dpmpp_2m_sde": (DPMSolverMultistepScheduler, _MULTISTEP | {"algorithm_type": "sde-dpmsolver++"}),
    "dpmpp_2m_sde_karras": (
        DPMSolverMultistepScheduler,
        _MULTISTEP | {"algorithm_type": "sde-dpmsolver++", "use_karras_sigmas": True},
    ),
    "euler": (EulerDiscreteScheduler, {"use_karras_sigmas": False}),
    "euler_a": (EulerAncestralDiscreteScheduler, {}),
    "euler_karras": (EulerDiscreteScheduler, {"use_karras_sigmas": True}),
    "heun": (HeunDiscreteScheduler, {"use_karras_sigmas": False}),
    "pndm": (PNDMScheduler, {"skip_prk_steps": True}),
    "unipc": (UniPCMultistepScheduler, {"use_karras_sigmas": False}),
}
"""By name: the scheduler, and what of its settings the name means; the rest is as the base has it."""

TO_PURE_NOISE = ("ddim", "dpmpp_2m", "dpmpp_2m_sde", "euler", "euler_a", "unipc")
"""Samplers that can begin at pure noise, where the signal is zero."""

LEAST_SIGNAL = 1e-6
"""Share of the signal at the end of a noise schedule below which Karras' steps nearly all lie at that end."""


def build_sampler(base: Any, name: Sampler, zero_terminal_snr: bool = False) -> SchedulerMixin:
    """The scheduler that draws with a base.

    Args:
        base: configuration of the base's own scheduler: its noise schedule, what the UNet predicts, spacing of steps.
        name: key of `SAMPLERS`.
        zero_terminal_snr: the noise schedule ends in pure noise, as training scaled it (arXiv 2305.08891, algorithm 1);
            then steps are counted from the end. False leaves it as the base has it.

    Raises:
        ParameterError: the sampler cannot follow the noise schedule.
    """
    kind, meant = SAMPLERS[name]
    pure = zero_terminal_snr or base.get("rescale_betas_zero_snr")
    if pure and name not in TO_PURE_NOISE:
        raise _refused(name, "the noise schedule ends in pure noise (zero terminal SNR)")
    if pure:
        return kind.from_config(base, **meant, rescale_betas_zero_snr=True, timestep_spacing="trailing")
    scheduler = kind.from_config(base, **meant)
    if meant.get("use_karras_sigmas") and scheduler.alphas_cumprod[-1] < LEAST_SIGNAL:
        raise _refused(name, "the base's noise schedule ends in nearly pure noise")
    return scheduler


def _refused(name: str, why: str) -> ParameterError:
    remedy = f"Take one of {', '.join(TO_PURE_NOISE)}"
    return ParameterError(f"drawing.sampler = {name}", f"{why}, which this sampler cannot follow", remedy)
