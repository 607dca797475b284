"""What runs inside the sandbox, beside the learner's code.

The files here import NumPy, the standard library and each other, and nothing else of this package:
they are all of it that exists inside the sandbox. `landlock.py` builds the second wall around its
own process and then becomes `main.py`.
"""
