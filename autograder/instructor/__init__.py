"""The course around it, over nbgrader: release, gradebook, feedback, report, export, handout."""
