"""Stage `vote`: the step that a person chose for each run, so that a vote for one run concerns no other."""
