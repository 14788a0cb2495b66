"""Stage `programs`: say which code each stage runs, so that it runs again when that code does something else."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage():
        from dramatis.core.params import load_params
        from dramatis.programs.params import SECTIONS, BackendChoice
        from dramatis.programs.run import run

        run(
            {capability: load_params(section, BackendChoice) for capability, section in SECTIONS.items()},
            out=Path("data/programs"),
        )
