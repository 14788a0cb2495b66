import os
import subprocess

from dramatis.core.ffmpeg import ffmpeg_binary


def test_it_runs_and_path_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "ffmpeg version" in subprocess.run([ffmpeg_binary(), "-version"], capture_output=True, text=True).stdout
    own = tmp_path / "ffmpeg"
    own.write_text("#!/bin/sh\n")
    os.chmod(own, 0o755)
    assert ffmpeg_binary() == str(own)
