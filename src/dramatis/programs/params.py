"""What stage `programs` reads of `params.yaml`: which backends are in use."""

from pydantic import ConfigDict

from dramatis.core.params import Params

SECTIONS = {"detect": "detect", "embed": "embed", "landmarks": "landmark", "motion": "render", "tag": "tag"}
"""Folder of `backends`: the section that chooses one of its files."""


class Backend(Params):
    """A choice of a backend; what else stands beside it decides no import."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    backend: str | None


class BackendChoice(Backend):
    """The keys of a section that name backends."""

    also: tuple[Backend, ...] = ()

    @property
    def names(self) -> set[str]:
        """All backends that the section names."""
        return {choice.backend for choice in (self, *self.also) if choice.backend}
