"""The project on one page that needs nothing else."""
