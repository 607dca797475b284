"""The commands that this course adds to `autograder`; its course.toml names them."""

import contextlib
from pathlib import Path
from typing import Any

import click


class Stopped(click.ClickException):
    """Ends a command with one line on stderr and exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"autograder: {' '.join(self.message.split())}", err=True)


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default="assignments")
@click.option(
    "--network",
    type=click.Path(path_type=Path),
    default="pictures/network.npz",
    help="What autograder train saved.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free one.")
def draw(path: Path, network: Path, port: int) -> None:
    """Serve a page, to this machine alone, where your trained network reads what you draw."""
    from cnnlab.draw.reading import Reader
    from cnnlab.draw.server import HOST, make_server
    from cnnlab.errors import LabError

    try:
        reader = Reader(path, network)
    except LabError as error:
        raise Stopped(str(error)) from error
    try:
        server = make_server(reader, port)
    except OSError as error:
        said = error.strerror or error
        raise Stopped(f"port {port} cannot be used: {said}; choose another") from error
    with server:
        address = f"http://{HOST}:{server.server_address[1]}/"
        click.echo(f"Your network ({reader.preset}) reads digits at {address}")
        click.echo("Open it in a browser; Ctrl-C ends it.")
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default="assignments")
@click.option(
    "--model",
    metavar="NAME",
    help="A preset: tiny, layers, deep, deep_batchnorm, full, dense; or all.",
)
@click.option("--data", metavar="NAME", help="embedded, full, fashion or cifar10.")
@click.option("--epochs", type=click.IntRange(min=1), help="How often each picture is seen.")
@click.option(
    "--out", type=click.Path(path_type=Path), default="pictures", help="Where pictures go."
)
@click.option("--resume", is_flag=True, help="Go on from the network that an earlier run saved.")
def train(
    path: Path, model: str | None, data: str | None, epochs: int | None, out: Path, resume: bool
) -> None:
    """Train the network in PATH on digits, and draw what it learned."""
    # Imported here, so that other commands need not wait for it.
    from cnnlab import presets
    from cnnlab.errors import LabError
    from cnnlab.training import run_training, train_all

    if not path.is_dir():
        raise Stopped(f"{path}: there is no such folder; give the one that holds your exercises")
    try:
        if model == "all" and resume:
            raise Stopped("--resume goes on with one network: name its model")
        if model == "all":
            train_all(path, data or "full", out, epochs=epochs)
        else:
            name = model or presets.DEFAULT
            run_training(path, name, data or "embedded", out, epochs, resume=resume)
    except LabError as error:
        raise Stopped(str(error)) from error
