"""The board: the sessions, and what is worked out from them once for all tabs."""

import threading
from typing import Any

import numpy as np

from dramatis.core.errors import UserError
from dramatis.review.captions.session import CaptionSession
from dramatis.review.clips import Clips
from dramatis.review.groups import Group
from dramatis.review.jobs import Job
from dramatis.review.pictures import Pictures
from dramatis.review.project import SHARDS
from dramatis.review.session import Session
from dramatis.review.site import Site, review_site
from dramatis.review.view import Assessed, assess, cards, counts, inside


class Board:
    """State of the server.

    Attributes:
        session: project and decisions.
        pictures: of the project as last read.
        clips: of its shots.
        site: the pages that show it.
    """

    def __init__(self, session: Session | None = None, site: Site | None = None):
        self.session, self.site = session or Session(), site or review_site()
        self.clips = Clips()
        self._captions: CaptionSession | None = None
        self._taken: Job | None = None
        self._lock = threading.RLock()
        self._seen: tuple[int, Assessed, list[dict[str, Any]]] | None = None
        self.pictures = self._pictures()

    def look(self) -> int:
        """Reads `cast.yaml` if it is new, and the project after a job ended; gives the version to show."""
        with self._lock:
            self._take_job()
            self.session.refresh()
            self._assessed()
            return self.session.version

    @property
    def captions(self) -> CaptionSession:
        """The session of the caption tab, made when it is asked for first."""
        with self._lock:
            if self._captions is None:
                self._captions = CaptionSession()
            return self._captions

    def look_at_captions(self) -> int:
        """Reads `captions.yaml` if it is new, and all pictures after a job ended; gives the version to show."""
        with self._lock:
            self._take_job()
            self.captions.refresh()
            return self.captions.version

    def _take_job(self) -> None:
        """Reads what a run of the pipeline made."""
        job = self.site.runner.job
        if job and job is not self._taken and job.ended:
            self._taken = job
            try:
                self.session.reload()
                self.pictures.close()
                self.pictures = self._pictures()
            except UserError as error:  # as after a run that was stopped: what was there is shown until the next one
                job.tell(str(error))
            if self._captions is not None:
                self._captions.reload()

    @property
    def seen(self) -> Assessed:
        """The groups with their doubts."""
        return self._assessed()[1]

    def cards(self) -> list[dict[str, Any]]:
        """The wall."""
        return self._assessed()[2]

    def inside(self, group: str) -> dict[str, Any] | None:
        """One group; None if it is gone."""
        with self._lock:
            return inside(self.session, self.seen, group)

    def alike(self, group: str) -> list[Group]:
        """All groups, those that look most like one first."""
        seen = self.seen
        at = next(n for n, each in enumerate(seen.groups) if each.id == group)
        return [seen.groups[n] for n in np.argsort(-(seen.means @ seen.means[at]), kind="stable")]

    def counts(self) -> dict[str, int]:
        """For the head of the page."""
        return counts(self.session, self.seen)

    def _assessed(self) -> tuple[int, Assessed, list[dict[str, Any]]]:
        with self._lock:
            version = self.session.version  # what is decided while it is assessed is seen at the next look
            if self._seen is None or self._seen[0] != version:
                seen = assess(self.session)
                self._seen = version, seen, cards(self.session, seen)
            return self._seen

    def close(self) -> None:
        """Ends what runs beside the page."""
        self.site.runner.stop()
        self.pictures.close()
        self.clips.close()

    def _pictures(self) -> Pictures:
        made = Pictures(self.session.project.faces.rows, lambda video: SHARDS.frames / video / "frames.parquet")
        made.warm()
        return made
