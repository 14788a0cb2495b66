"""IDF1 and pairs of faces, on examples small enough to check by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.measure.idf1 import Sighting, idf1, track_pairs


def sightings(text):
    """One word a face: `a1` is person a in track 1, `a-` was not found, `-1` shows nobody."""
    return [Sighting(*(None if key == "-" else key for key in word)) for word in text.split()]


def test_perfect_tracks():
    assert idf1(sightings("a1 a1 b2 b2")) == track_pairs(sightings("a1 a1 b2 b2")) == 1


def test_a_track_in_two_pieces():
    # a is paired with track 1, whose three faces count; the two of track 2 count for nobody: 2 * 3 / (5 + 5)
    assert idf1(sightings("a1 a1 a1 a2 a2")) == pytest.approx(0.6)
    # of the ten pairs of a, three and one share a track
    assert track_pairs(sightings("a1 a1 a1 a2 a2")) == pytest.approx(0.4)


def test_a_track_with_two_people():
    # paired with a: 2 * 3 / (5 + 5); b has no track of its own
    assert idf1(sightings("a1 a1 a1 b1 b1")) == pytest.approx(0.6)
    assert track_pairs(sightings("a1 a1 a1 b1 b1")) == pytest.approx(4 / 10)


def test_two_people_who_swap_their_tracks():
    # a is paired with 1 and b with 2: three faces each of four, 2 * 6 / (8 + 8)
    assert idf1(sightings("a1 a1 a1 a2 b2 b2 b2 b1")) == pytest.approx(0.75)
    # twelve pairs of people, twelve of tracks, six of both
    assert track_pairs(sightings("a1 a1 a1 a2 b2 b2 b2 b1")) == pytest.approx(6 / 18)


def test_the_pairing_is_the_best_as_a_whole():
    # track 1 has most of both people; giving it to a and track 2 to b is worth 3 + 2, the other way 4 + 0
    assert idf1(sightings("a1 a1 a1 b1 b1 b1 b1 b2 b2")) == pytest.approx(2 * 5 / 18)


def test_missed_and_false_faces_cost_idf1_but_not_pairs():
    assert idf1(sightings("a1 a1 a- -1 -2")) == pytest.approx(2 * 2 / (3 + 4))
    assert track_pairs(sightings("a1 a1 a- -1 -2")) == 1


def test_nothing_at_all():
    assert idf1([]) == 0 and track_pairs([]) == 1


faces = st.lists(st.builds(Sighting, st.sampled_from([None, *"abc"]), st.sampled_from([None, 1, 2, 3])), max_size=12)


@given(faces)
def test_bounds_and_renaming(found):
    renamed = [Sighting(each.person, each.track and -each.track) for each in found]
    assert 0 <= idf1(found) <= 1 and 0 <= track_pairs(found) <= 1
    assert idf1(found) == idf1(renamed) and track_pairs(found) == track_pairs(renamed)
    assert idf1(found) == pytest.approx(idf1([Sighting(each.track, each.person) for each in found]))
