"""Names that a course's nbgrader_config.py of version 1 uses; they stand in instructor/ now."""
