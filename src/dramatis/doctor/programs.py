"""ffmpeg, PyAV and what the parameters need of them; aria2c."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from dramatis.doctor.finding import Finding, fail, ok, warn
from dramatis.models.wanted import part


class Media(NamedTuple):
    """What reads and writes video here.

    Attributes:
        ffmpeg: path of the program; None if there is none.
        version: its first line.
        encoders: of those that are asked for, the ones that it has.
        pyav: version of PyAV, whose own libraries decode the videos.
        filters: of those that are asked for, the ones that PyAV has.
        unreadable: videos that cannot be opened, with what is said of them.
    """

    ffmpeg: str | None
    version: str
    encoders: Collection[str]
    pyav: str
    filters: Collection[str]
    unreadable: Mapping[str, str]


def filters_needed(params: Mapping[str, Any]) -> list[str]:
    """Filters of libavfilter that the parameters make stage `frames` use."""
    return [] if part(params, "frames").get("deinterlace") == "never" else ["fieldmatch", "bwdif"]


def encoders_needed(params: Mapping[str, Any]) -> list[str]:
    """Encoders of the program ffmpeg: the sample film is written with it, and the review page's clips."""
    return ["libx264"] if part(params, "film").get("titles") or params.get("videos") else []


def check_ffmpeg(media: Media, encoders: Collection[str]) -> Finding:
    """The program, which draws the sample film and the clips of the review page."""
    if media.ffmpeg is None:
        return fail(
            "ffmpeg", "neither PATH nor imageio-ffmpeg has it", "Install ffmpeg, or `pip install imageio-ffmpeg`"
        )
    lacking = sorted(set(encoders) - set(media.encoders))
    if lacking:
        said = f"{media.ffmpeg} cannot write {', '.join(lacking)}"
        return fail("ffmpeg", said, "Take it off PATH, so that the one of imageio-ffmpeg serves, or install another")
    return ok("ffmpeg", f"{media.version} ({media.ffmpeg})")


def check_decoding(media: Media, filters: Collection[str], videos: int) -> list[Finding]:
    """PyAV, which decodes: its filters, and every video that the parameters name."""
    lacking = sorted(set(filters) - set(media.filters))
    found = [
        fail("video", f"{source}: {said}", "Mend or replace the file, or take it out of `videos`")
        for source, said in media.unreadable.items()
    ]
    if lacking:
        said = f"PyAV {media.pyav} lacks the filters {', '.join(lacking)}"
        found.append(fail("decoding", said, "Install the wheel of PyAV from PyPI, or set `frames.deinterlace: never`"))
    else:
        shown = f", filters {', '.join(filters)}" if filters else ""
        opened = f", {videos} of {videos} videos can be opened" if videos and not media.unreadable else ""
        found.append(ok("decoding", f"PyAV {media.pyav}{shown}{opened}"))
    return found


def check_aria2c(path: str | None) -> Finding:
    """The program that fetches torrents; nobody else needs it."""
    return ok("aria2c", path or "not here; only magnet links and torrents need it")


def check_torch(build: str, cuda: str | None, driver: bool, wanted: Collection[str]) -> Finding:
    """The build of torch against the machine and the parameters.

    Args:
        build: torch's version, such as 2.13.0+cpu.
        cuda: the version of CUDA that it was built for; None for none.
        driver: the machine has a driver of NVIDIA.
        wanted: parameters that say cuda.
    """
    said = f"torch {build}, {'a driver of NVIDIA is here' if driver else 'no GPU of NVIDIA here'}"
    install = "Install torch for your GPU: docs/real-models.md, GPU"
    if wanted and not driver:
        return fail("gpu", f"{said}, but {_shown(wanted)} says cuda", "Say cpu, or run it on a machine with a GPU")
    if wanted and cuda is None:
        return fail("gpu", f"{said}; this build cannot use it, and {_shown(wanted)} says cuda", install)
    if driver and cuda is None:
        return warn("gpu", f"{said}, which this build cannot use", install)
    if driver and not wanted:
        remedy = "Set `train.device`, `preview.drawing.device` and `regularize.drawing.device` to cuda"
        return warn("gpu", f"{said}, and nothing says cuda", remedy)
    return ok("gpu", said + (f", {_shown(wanted)} says cuda" if wanted else ", and nothing asks for one"))


def check_cuda_runs(said: str | None) -> Finding | None:
    """What torch says of the GPU, where it was asked; None if it was not, or all is well."""
    if said is None or said.startswith("ok"):
        return None
    remedy = "Mend the driver, or install torch for its version of CUDA: docs/real-models.md, GPU"
    return fail("gpu", f"torch cannot use it: {said}", remedy)


def check_providers(wanted: Mapping[str, Collection[str]], there: Collection[str]) -> Finding:
    """What onnxruntime is to run models on, by parameter."""
    lacking = {key: [each for each in names if each not in there] for key, names in wanted.items()}
    for key, names in lacking.items():
        if names:
            said = f"{key} asks for {names[0]}, which this build lacks (it has {', '.join(there)})"
            return fail("onnxruntime", said, "Take one of these, or install onnxruntime-gpu in its place")
    return ok("onnxruntime", ", ".join(sorted({name for names in wanted.values() for name in names})) or "not used")


def _shown(keys: Collection[str]) -> str:
    first, *rest = keys
    return f"{first} (and {len(rest)} more)" if rest else first
