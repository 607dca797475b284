"""Names that the nbgrader_config.py of version 0.1 imports; the code is now in instructor/."""
