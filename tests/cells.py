"""A project whose faces are coloured cells: the detector finds red, the embedder sees the colours."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from builders import frame_row, quality_row, shot_row, write
from tiny_onnx import mean_colour_ccip, red_cells_yolo

from dramatis.backends.detect import load_detect
from dramatis.backends.embed import Face, load_embed
from dramatis.cast.params import CastParams, DetectorParams, EmbedderParams
from dramatis.cast.run import Shards, run
from dramatis.cluster.schema import FACES
from dramatis.core.images import encode_jpeg, encode_png
from dramatis.core.tables import stored_box, write_table
from dramatis.embed.schema import embeddings

RED, PINK, ORANGE = (250, 20, 20), (250, 20, 200), (250, 200, 20)
COLOURS = {"ada": RED, "bela": PINK, "cyrus": ORANGE}
EXPAND = {"face": 1.0, "head": 1.0, "person": 1.0}
SHOTS = [("ada", "bela"), ("ada", None), ("bela", "cyrus"), ("cyrus", "ada")]


def scene(*people):
    """A blue picture of 128 px with the face of each person in the top row of cells; the second half a bit darker."""
    image = np.full((128, 128, 3), (10, 10, 90), np.uint8)
    for n, person in enumerate(people):
        if person:
            image[:32, 64 * n : 64 * n + 32] = COLOURS[person]
            image[16:32, 64 * n : 64 * n + 32] //= 2
    return image


class Project:
    """A project folder with one video, clustered as the truth says, except where a test says otherwise."""

    def __init__(self, top: Path):
        self.top, self.video = top, "v"
        red_cells_yolo(top / "face.onnx")
        mean_colour_ccip(top / "ccip.onnx")
        self.detector = DetectorParams(
            backend="yolo_onnx", weights=top / "face.onnx", min_score={"face": 0.6}, max_iou=0.5, input_px=None
        )
        self.embedder = EmbedderParams(
            backend="ccip_onnx",
            weights=top / "ccip.onnx",
            threshold=0.1,
            crop="face",
            expand=EXPAND,
            normalisation="imagenet",
        )
        self.data = top / "data"
        self.shards = Shards(
            *(self.data / name for name in ("frames", "detections", "quality", "embeddings", "clusters"))
        )
        self.decisions = top / "cast.yaml"
        self.decisions.write_text("characters: {}\n")
        self.clusters = {"ada": "c1", "bela": "c2", "cyrus": "c3"}

    def reference(self, *names):
        for name in names:
            file = self.top / "references" / name / "00.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(encode_png(scene(None, name if name in COLOURS else "cyrus")))

    def write(self):
        finder = load_detect("yolo_onnx", self.detector.weights, {"face": 0.6}, 0.5, None)
        model = load_embed("ccip_onnx", self.embedder.weights, 0.1, "face", EXPAND, "imagenet")
        frames, detections, quality, vectors, faces = [], [], [], [], []
        for shot, people in enumerate(SHOTS):
            for n in range(2):
                image = scene(*people)
                frame = frame_row(index=10 * shot + n, shot=shot, width=128, height=128) | {"image": encode_jpeg(image)}
                frames.append(frame)
                for k, found in enumerate(sorted(finder.detect(image), key=lambda each: each.box[0])):
                    who = people[int(found.box[0] // 64)]
                    row = {
                        "detection_id": f"{frame['frame_id']}-{k:02d}-face",
                        "figure_id": f"{frame['frame_id']}-{k:02d}",
                        "frame_id": frame["frame_id"],
                        "video": "v",
                        "shot": shot,
                        "kind": "face",
                        "box": stored_box([int(v) for v in found.box]),
                        "score": 0.9,
                        "landmarks": None,
                        "track_id": f"v-{shot:04d}-{k:03d}",
                    }
                    detections.append(row)
                    quality.append(quality_row(row, sharpness=1 / (1 + n)))
                    vectors.append(
                        {
                            "detection_id": row["detection_id"],
                            "vector": model.embed([Face(image, {"face": found.box}, None)])[0],
                        }
                    )
                    cluster = self.clusters.get(row["track_id"], self.clusters.get(who))
                    faces.append(
                        {key: row[key] for key in ("detection_id", "video", "frame_id", "track_id")}
                        | {"cluster_id": cluster, "similarity": 0.9 if cluster else None, "used": True}
                    )
        shots = [shot_row(shot, start_s=2.5 * shot, end_s=2.5 * (shot + 1)) for shot in range(len(SHOTS))]
        write(self.data / "frames" / "v", frames=frames, shots=shots)
        write(self.data / "detections" / "v", detections=detections)
        write(self.data / "quality" / "v", quality=quality)
        write_table(vectors, embeddings(model.width), self.data / "embeddings" / "v" / "embeddings.parquet")
        (self.data / "embeddings" / "v" / "model.json").write_text(json.dumps({"threshold": 0.1, "width": model.width}))
        write_table(faces, FACES, self.data / "clusters" / "faces.parquet")
        return self

    def run(self, references=True, decisions=None, **changes):
        if decisions is not None:
            self.decisions.write_text(json.dumps(decisions))
        folder = self.top / "references" if references else self.top / "nobody"
        (self.top / "nobody").mkdir(exist_ok=True)
        run(
            CastParams(**({"references": folder, "floor": 0.9, "again": 0.5, "margin": 0.1} | changes)),
            self.detector,
            self.embedder,
            ["v"],
            decisions=self.decisions,
            shards=self.shards,
            out=self.data / "cast",
            plots=self.top / "plots",
        )
        rows = {row["track_id"]: row for row in self.table("v")}
        return rows, {row["character"]: row for row in self.table("characters")}

    def table(self, name):
        return pq.read_table(self.data / "cast" / f"{name}.parquet").to_pylist()


TRUTH = {
    f"v-{shot:04d}-{n:03d}": who for shot, people in enumerate(SHOTS) for n, who in enumerate(filter(None, people))
}


def at(shot, column):
    """The moment of the face in a column of the scenes, between the two frames of a shot."""
    return f"v@{2.5 * shot + 0.1}:{0.125 + 0.5 * column},0.125"


def names(tracks):
    return {track: row["character"] for track, row in tracks.items()}
