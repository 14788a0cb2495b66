"""Imports that leave out what is unused: in processes of their own, as they change what others find."""

import subprocess
import sys
import textwrap

import pytest

HEAD = """
    import gc, sys
    from dramatis.diffusion.lean import lean_imports
    with lean_imports():
        import torch
        from diffusers import StableDiffusionPipeline, UNet2DConditionModel
        from transformers import CLIPTextModel
        from peft import LoraConfig
"""


def python(code):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(HEAD) + textwrap.dedent(code)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()


def test_the_compiler_scipy_and_pandas_stay_out_and_an_optimizer_needs_them_not():
    code = """
        weight = torch.nn.Parameter(torch.ones(3))
        optimizer = torch.optim.AdamW([weight], fused=True)
        weight.sum().backward()
        optimizer.step()
        optimizer.zero_grad()
        import pyarrow
        assert pyarrow.array(["a", None]).to_pylist() == ["a", None]
        print(*(name in sys.modules for name in ("torch._dynamo.eval_frame", "scipy", "pandas")), gc.isenabled())
    """
    assert python(code) == ["False", "False", "False", "True"]


def test_what_is_asked_for_after_all_is_loaded():
    code = """
        twice = torch.compile(lambda x: 2 * x, backend="eager")
        print(twice(torch.ones(1)).item(), type(sys.modules["torch._dynamo"]).__name__)
        import scipy.stats
        print(scipy.stats.norm.cdf(0))
    """
    assert python(code) == ["2.0", "module", "0.5"]


@pytest.mark.slow
def test_a_part_of_the_compiler_can_be_imported_by_name():
    code = """
        from torch._dynamo.utils import counters
        import torch._dynamo.utils as again
        from torch._dynamo._trace_wrapped_higher_order_op import TransformGetItemToIndex
        print(again.counters is counters is torch._dynamo.utils.counters, isinstance(TransformGetItemToIndex, type))
    """
    assert python(code) == ["True", "True"]


@pytest.mark.slow
def test_a_part_that_the_compiler_lacks_is_missing_as_any_module_is():
    code = """
        try:
            import torch._dynamo.no_such_part
        except ModuleNotFoundError as error:
            print(error.name)
    """
    assert python(code) == ["torch._dynamo.no_such_part"]


@pytest.mark.slow
def test_an_import_that_fails_leaves_nothing_hidden():
    code = """
        try:
            with lean_imports():
                raise ImportError
        except ImportError:
            print("scipy" in sys.modules, gc.isenabled())
    """
    assert python(code) == ["False", "True"]
