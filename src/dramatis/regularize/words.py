"""Captions of class pictures that nobody wrote one for."""

from dramatis.backends.tag import TagChoice, Tagger, load_tagger
from dramatis.core.captions import JOINT
from dramatis.core.images import Image
from dramatis.core.words import words
from dramatis.regularize.params import RegularizeParams


class Describer:
    """Says what a picture shows, by the tagger or captioner of section `tag`. It is loaded when first asked."""

    def __init__(self, params: RegularizeParams, tagging: TagChoice):
        self._params, self._tagging = params, tagging
        self._tagger: Tagger | None = None

    def describe(self, image: Image) -> tuple[str, str]:
        """Caption and model: what a captioner says, or the tags that are certain enough, the most certain first."""
        if self._tagger is None:
            self._tagger = load_tagger(self._tagging.backend, self._tagging.weights)
        sentence = self._tagger.sentences([image])[0]
        return (self._tags(self._tagger, image) if sentence is None else sentence), self._tagger.model

    def _tags(self, tagger: Tagger, image: Image) -> str:
        least: dict[str, float] = dict(self._params.min_score.items())
        scored = sorted(zip(tagger.scores([image])[0], tagger.tags, strict=True), key=lambda pair: -pair[0])
        said = [words(tag.name) for score, tag in scored if score >= least.get(tag.category, float("inf"))]
        return JOINT.join([word for word in said if word not in self._params.exclude][: self._params.max_tags])
