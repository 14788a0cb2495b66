"""Python, memory, disk and clock."""

from typing import NamedTuple

from dramatis.doctor.finding import Finding, fail, ok, warn

PYTHON = (3, 11)
"""The one version that requirements.lock is for."""
STATED_BYTES_PER_MINUTE = 61e6
"""What the stages write of a minute of the sample film (640 x 360 px, two runs), where no run of the project tells."""
LEAST_RAM = 3e9
"""What the default pipeline needs with room to spare: its stages take 0.9 GB at most [bytes]."""
OVER_BASE = 3.0
"""Memory that drawing and training on a CPU take, in sizes of its files: fp32 of halves, and what is computed."""


def check_python(version: tuple[int, ...]) -> Finding:
    """The interpreter's version."""
    said = ".".join(map(str, version[:3]))
    if version[:2] == PYTHON:
        return ok("python", said)
    wanted = ".".join(map(str, PYTHON))
    return fail(
        "python",
        f"{said}; the packages are for {wanted}",
        f"Make .venv with python{wanted}, and install dramatis there",
    )


def check_ram(total: float, available: float, largest_base: float, on_gpu: bool) -> Finding:
    """Memory against the default pipeline and the largest base that is drawn or trained with.

    Args:
        total: of the machine [bytes].
        available: that is free now [bytes].
        largest_base: size of the weights of the largest base [bytes].
        on_gpu: training and drawing take place on a GPU, through which the base only passes.
    """
    said = f"{total / 1e9:.1f} GB, {available / 1e9:.1f} GB free"
    need = LEAST_RAM + largest_base * (1.0 if on_gpu else OVER_BASE)
    if need > total:
        remedy = "Take a smaller base, or one in half precision; or say `device: cuda` where there is a GPU"
        return fail("memory", f"{said}; about {need / 1e9:.1f} GB are needed", remedy)
    if need > available:
        return warn("memory", f"{said}; about {need / 1e9:.1f} GB are needed", "End other programs before you train")
    return ok("memory", said)


class DiskUse(NamedTuple):
    """What the last run tells about the room that is needed.

    Attributes:
        free: on the disk of the project [bytes].
        written: by the stages, in data/ without the sample film [bytes].
        minutes_done: minutes of video that this is of.
        minutes: minutes of all videos in the parameters.
        copies: DVC keeps a copy of everything beside it.
    """

    free: float
    written: float
    minutes_done: float
    minutes: float
    copies: bool


def bytes_needed(use: DiskUse) -> float:
    """Bytes that the videos which have not run yet will take, by the rate of those that have."""
    rate = use.written / use.minutes_done if use.minutes_done else STATED_BYTES_PER_MINUTE
    left = use.minutes - use.minutes_done
    return left * rate * (2 if use.copies else 1) if left > 0.1 else 0.0


def check_disk(use: DiskUse) -> Finding:
    """Free room against what is to come."""
    need = bytes_needed(use)
    whence = "the last run's" if use.minutes_done else "the sample film's"
    said = f"{use.free / 1e9:.1f} GB free"
    if need:
        left = use.minutes - use.minutes_done
        said += f", about {need / 1e9:.1f} GB for {left:.0f} more minutes of video at {whence} rate"
    if need > use.free:
        return fail("disk", said, "Free some space, or keep the project and DVC's cache on a larger disk")
    if need * 1.5 > use.free or use.free < 5e9:
        return warn("disk", said, "Free some space: checkpoints and further runs come on top")
    return ok("disk", said)


def check_clock(now: float, newest_commit: float | None, disk: float) -> Finding:
    """The clock against the newest commit and against the time that the disk writes [s since 1970]."""
    if newest_commit is not None and now < newest_commit - 60:
        problem = f"it is {newest_commit - now:.0f} s behind the newest commit"
        return warn("clock", problem, "Set the clock: DVC and make tell by time stamps what has changed")
    if abs(now - disk) > 5:
        problem = f"the disk of the project writes times that are {abs(now - disk):.0f} s off"
        return warn("clock", problem, "Set the clock of the machine that holds the disk")
    return ok("clock", "as the newest commit and the disk have it")
