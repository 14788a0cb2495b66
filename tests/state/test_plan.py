"""The stages in short: the same as the pipeline files say, and who needs whom."""

from pathlib import Path

from conftest import TOP
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.params import PARAMS, read_yaml
from dramatis.pipeline.graph import Stage, filled, load_stages, needed_by
from dramatis.state.memory import Memory
from dramatis.state.plan import Group, load_plan

paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)


def stage(name, deps, outs):
    return Stage(name, Path("dvc.yaml"), None, "", "python x.py", tuple(deps), (), tuple(outs))


@given(st.lists(st.tuples(st.lists(paths, max_size=3), st.lists(paths, max_size=2)), max_size=4))
def test_a_stage_needs_what_lies_in_or_around_what_it_reads(drawn):
    stages = [stage(f"s{n}", deps, outs) for n, (deps, outs) in enumerate(drawn)]

    def meets(dep, out):
        a, b = Path(dep), Path(out)
        return a == b or a in b.parents or b in a.parents

    wanted = {
        one.name: {
            other.name
            for other in stages
            if other is not one and any(meets(dep, out) for dep in one.deps for out in other.outs)
        }
        for one in stages
    }
    assert needed_by(stages, {}) == wanted


def test_the_plan_is_that_of_the_pipeline_files(tmp_path, monkeypatch):
    monkeypatch.chdir(TOP)
    memory = Memory(tmp_path / "state.json")
    plan = load_plan(memory)
    memory.save()
    again = load_plan(Memory(tmp_path / "state.json"))
    assert again == plan and all(isinstance(group, Group) for group in again)
    every = {one.name: one for one in filled(load_stages(), read_yaml(PARAMS))}
    items = {name: item for group in plan for name, item in group.items.items()}
    assert items.keys() == every.keys()
    for name, item in items.items():
        one = every[name]
        assert (item.cmd, *map(tuple, item[1:4])) == (one.cmd, one.deps, one.params, one.outs)
    uncached = {path for item in items.values() for path in item.uncached}
    assert "metrics/selection.json" in uncached and "data/frames/e01" not in uncached
    seen = set()
    for group in plan:
        assert set(group.needs) <= seen
        seen.add(group.name)
