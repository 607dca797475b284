"""The instructor's part, using nbgrader: release, gradebook, feedback, report, export, handout."""
