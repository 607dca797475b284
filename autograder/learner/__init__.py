"""The learner's commands (check, watch, hint, can, drill, ...) and the display of verdicts."""
