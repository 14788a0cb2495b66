"""Sources of a project: `dramatis add`, `remove` and `rename` keep `raw/`, DVC and `params.yaml` in step."""
