"""What is wrong with the configuration of a project, as far as it can be said before a stage runs."""
