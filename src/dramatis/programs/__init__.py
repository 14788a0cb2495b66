"""Stage `programs`: DVC does not see Python imports, so this says which code each stage runs."""
