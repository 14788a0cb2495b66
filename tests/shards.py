"""The frame table of a video without stage `frames`: for tests of the stages after it."""

import av

from dramatis.core.images import encode_jpeg
from dramatis.core.tables import write_table
from dramatis.frames.schema import FRAMES


def frames_of(images, out, video="v", shots=None, seconds=None):
    """Writes the frame table of RGB pictures; `shots` has the number of the shot of each."""
    rows = [
        {
            "frame_id": f"{video}-{index:06d}",
            "video": video,
            "index": index,
            "pts_s": seconds[index] if seconds else index / 4,
            "time_code": "00:00:00.000",
            "shot": shots[index] if shots else 0,
            "phash": "0" * 16,
            "sharpness": 1.0,
            "width_px": image.shape[1],
            "height_px": image.shape[0],
            "image": encode_jpeg(image),
        }
        for index, image in enumerate(images)
    ]
    write_table(rows, FRAMES, out / "frames.parquet")
    return out


def sampled(file, fps):
    """Pictures and times [s] of a video at `fps` a second."""
    images, seconds = [], []
    with av.open(str(file)) as video:
        for frame in video.decode(video=0):
            if frame.time + 1e-6 >= len(seconds) / fps:
                images.append(frame.to_ndarray(format="rgb24"))
                seconds.append(frame.time)
    return images, seconds
