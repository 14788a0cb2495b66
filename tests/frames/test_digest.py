import hashlib

from dramatis.frames.digest import source_digest


def test_a_file_has_the_digest_of_its_bytes_whatever_its_name(tmp_path):
    for name in ("a.mp4", "ü b.mkv"):
        (tmp_path / name).write_bytes(b"film")
    found = source_digest(tmp_path / "a.mp4")
    assert found == {"kind": "file", "files": 1, "bytes": 4, "sha256": hashlib.sha256(b"film").hexdigest()}
    assert source_digest(tmp_path / "ü b.mkv") == found


def test_a_folder_has_that_of_its_files_and_their_places_in_it(tmp_path):
    for top, inner in (("one", "x.png"), ("two", "x.png"), ("three", "y.png")):
        (tmp_path / top / "deep").mkdir(parents=True)
        (tmp_path / top / "deep" / inner).write_bytes(b"picture")
    one, two, three = (source_digest(tmp_path / top) for top in ("one", "two", "three"))
    line = f"{hashlib.sha256(b'picture').hexdigest()}  deep/x.png\n"
    assert one == {"kind": "folder", "files": 1, "bytes": 7, "sha256": hashlib.sha256(line.encode()).hexdigest()}
    assert one == two != three


def test_a_linked_folder_counts_as_it_is_read(tmp_path):
    for top in ("one", "two", "elsewhere"):
        (tmp_path / top).mkdir()
    (tmp_path / "elsewhere/x.png").write_bytes(b"picture")
    (tmp_path / "one/deep").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "two/deep").mkdir()
    (tmp_path / "two/deep/x.png").write_bytes(b"picture")
    assert source_digest(tmp_path / "one") == source_digest(tmp_path / "two")
