"""The worker's main loop: read a request, let the Host do it, write the outcome.

Started as ``python -I -S main.py SUBMISSION NUMPY_PARENT IN_FD OUT_FD``. It makes no decision that
the grader trusts: the learner's code shares this process and can send any reply in its place.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

TIMERS = {signal.SIGALRM, signal.SIGPROF}


def serve(root: Path, requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests until the grader closes the pipe."""
    import frames
    from host import Failure, Host, Outcome
    from placeholders import install
    from views import make_view

    install(root)
    host = Host(root)

    def read_exactly(count: int) -> bytearray:
        data = bytearray(count)
        view = memoryview(data)
        done = 0
        while done < count:
            got = requests.readinto(view[done:])  # type: ignore[attr-defined]
            if not got:
                raise EOFError
            done += got
        return data

    def call_back(id: int) -> Any:
        def ask_the_grader(*args: Any, **kwargs: Any) -> Any:
            # Block the timers: a frame that is cut in the middle would break the protocol.
            signal.pthread_sigmask(signal.SIG_BLOCK, TIMERS)
            try:
                question = {"args": host.export(list(args)), "kwargs": host.export_named(kwargs)}
                frames.write_frame(replies, {"callback": id, **question})
                answer = frames.read_frame(read_exactly)
                while "do" in answer:
                    # Before it answers, the grader requests something of an object in this process.
                    serve_one(answer)
                    answer = frames.read_frame(read_exactly)
            finally:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, TIMERS)
            if answer["error"]:
                raise ValueError(answer["error"])
            value = host.bring_back(answer["value"])
            return make_view(answer["view"], value, args) if answer.get("view") else value

        return ask_the_grader

    def bring_in(value: Any) -> Any:
        if isinstance(value, frames.Callback):
            return call_back(value.id)
        if isinstance(value, list | tuple):
            return type(value)(bring_in(item) for item in value)
        return value

    def serve_one(request: dict[str, Any]) -> None:
        operation = request.pop("do")
        arguments = {
            key: {k: bring_in(v) for k, v in value.items()}
            if isinstance(value, dict)
            else bring_in(value)
            for key, value in request.items()
        }
        outcome = getattr(host, operation)(**arguments)
        try:
            frames.write_frame(replies, outcome.as_message())
        except frames.FrameError as error:
            refused = Failure("exception", message=f"cannot be sent back: {error}")
            frames.write_frame(replies, Outcome(failure=refused).as_message())

    frames.write_frame(replies, {"ready": True})
    while True:
        try:
            request = frames.read_frame(read_exactly)
        except EOFError:
            return
        serve_one(request)


if __name__ == "__main__":
    submission, numpy_parent, in_fd, out_fd = sys.argv[1:]
    sys.dont_write_bytecode = True
    sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), numpy_parent]
    with open(int(in_fd), "rb", buffering=1 << 16) as requests, open(int(out_fd), "wb") as replies:
        serve(Path(submission), requests, replies)
