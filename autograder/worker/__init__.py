"""The code that runs inside the sandbox, in the same process as the learner's code.

These files import only NumPy, the standard library and each other: no other file of this package
exists inside the sandbox. `landlock.py` first puts its own process into the second sandbox,
Landlock, and then runs `main.py`.
"""
