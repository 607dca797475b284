"""Names the usual cause of an exception inside a layer."""

import re

from autograder.checking import Failure, read_shape_error


def advise(failure: Failure) -> str:
    """The usual cause of a layer's exception, as a clause; "" if none is known."""
    methods = [step["function"] for step in failure.trace]
    lost = re.search(r"^'(\w+)' object has no attribute '(\w+)'", failure.message)
    if lost and failure.type == "AttributeError" and methods[-1:] == [f"{lost[1]}.backward"]:
        name = lost[2]
        caller = failure.trace[-2] if len(failure.trace) > 1 else None
        layer = re.search(r"(self\.\w+)\.backward\(", caller["source"]) if caller else None
        if layer and not methods[-2].startswith(f"{lost[1]}."):
            return (
                f"{layer[1]} goes backward without having gone forward, or {lost[1]}.forward does "
                f"not keep self.{name}"
            )
        return f"backward needs self.{name}: keep it in forward (self.{name} = ...)"
    if failure.type == "AttributeError" and re.search(r"^'SGD' .* 'zero_grad'", failure.message):
        return "the network has zero_grad, not the optimizer: write model.zero_grad()"
    called = re.search(r"^'([A-Z]\w*)' object is not callable", failure.message)
    if failure.type == "TypeError" and called:
        return (
            f"a {called[1]} is an object with methods, and no function as in PyTorch: write "
            ".forward(...) after its name"
        )
    if "'Parameter'" in failure.message and failure.type in ("TypeError", "AttributeError"):
        return "a Parameter is no array: its array is its .value, its gradient its .grad"
    if failure.type == "ValueError" and failure.message == "stride must be at least 1, but it is 0":
        return "are stride and padding exchanged in the call? stride comes before padding"
    own = [step for step in failure.trace if step["file"].startswith(_LAYER_FOLDERS)]
    if not own or own[-1] is failure.trace[-1]:
        return ""  # not inside a function that a layer calls
    if failure.type == "ValueError" and re.search(r"^d_out must .* has \(\)$", failure.message):
        return (
            "backward gets a single number: give it the gradient of the scores, from "
            "softmax_cross_entropy_backward, and not the loss"
        )
    given = re.match(r"(weights|bias) must .*, but (?:its shape is|has) \(\)$", failure.message)
    source = failure.trace[-1]["source"]
    if given is None and failure.message == "tuple index out of range":
        given = re.search(r"shape\((weights)\)", source)
    if given is not None:
        return f"{given[1]} is probably a Parameter; its array is self.{given[1]}.value"
    sizes = read_shape_error(failure.type, failure.message)
    if sizes and "Conv2D.backward" in methods and failure.trace[-1]["file"].startswith("a2_"):
        return "does Conv2D.backward hand on the stride and padding that forward used?"
    if sizes and "MaxPool2D.backward" in methods and failure.trace[-1]["file"].startswith("a3_"):
        return "does MaxPool2D.backward hand on the shape of the input, x.shape?"
    return ""


# Folders of the assignments whose layers call functions of earlier assignments.
_LAYER_FOLDERS = ("a4_", "a5_")
