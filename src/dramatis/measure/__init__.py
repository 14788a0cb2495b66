"""Stage `measure`: scores the pipeline against the film's truth. Nothing that decides a result reads the truth."""
