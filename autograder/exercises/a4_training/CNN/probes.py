"""Probes of CNN: networks of Dense and ReLU."""

import itertools
from collections.abc import Sequence
from typing import Any

from autograder.exercises.shared.layer_grids import network_grid
from autograder.exercises.shared.probing import Probe, forward_and_backward, numbers, set_up


def small_network(learner: Any, widths: Sequence[int], start: int) -> tuple[Any, list[Any]]:
    """Dense layers with a ReLU between them, and the Dense layers by themselves."""
    dense = [
        set_up(learner.Dense(*pair, rng=learner.default_rng(0)), start + 4 * k)
        for k, pair in enumerate(itertools.pairwise(widths))
    ]
    layers = [dense[0]]
    for layer in dense[1:]:
        layers += [learner.ReLU(), layer]
    return learner.CNN(layers), dense


def passes_of_cnn(widths: Sequence[int], images: int, start: int) -> Probe:
    def probe(learner: Any) -> Any:
        network, dense = small_network(learner, widths, start)
        answers = forward_and_backward(network, numbers(images, widths[0], start=start + 2))
        return (*answers, *(part.grad for d in dense for part in (d.weights, d.bias)))

    return Probe(probe)


def two_passes_of_cnn(widths: Sequence[int], images: int, start: int) -> Probe:
    """Both passes twice on one network: values kept from the first must not change the second."""
    xs = (numbers(images, widths[0], start=start + k) for k in (2, 7))
    first, second = xs
    return Probe(
        lambda learner: forward_and_backward(
            small_network(learner, widths, start)[0], first, second
        )
    )


def forward_of_cnn(widths: Sequence[int], images: int, start: int) -> Probe:
    x = numbers(images, widths[0], start=start + 2)
    return Probe(lambda learner: small_network(learner, widths, start)[0].forward(x))


def parameters_of_cnn(widths: Sequence[int], start: int, *, nested: bool = False) -> Probe:
    """The values of all parameters; if `nested`, one network is a layer of another."""

    def values(item: Any) -> Any:
        return tuple(map(values, item)) if isinstance(item, list | tuple) else item.value

    def ask(learner: Any) -> Any:
        network, dense = small_network(learner, widths, start)
        if nested:
            network = learner.CNN([learner.CNN([*dense[:-1]]), dense[-1]])
        return values(network.parameters())

    return Probe(ask)


PROBES: tuple[Probe, ...] = (
    passes_of_cnn((2, 3), 1, 1),
    passes_of_cnn((2, 3, 2), 2, 2),
    passes_of_cnn((2, 2, 2), 3, 5),
    passes_of_cnn((3, 3, 3, 3), 2, 3),
    forward_of_cnn((2, 3, 2), 2, 4),
    forward_of_cnn((3, 2, 2, 1), 2, 6),
    parameters_of_cnn((2, 3, 2), 1),
    parameters_of_cnn((3, 2, 2, 1), 4),
    parameters_of_cnn((2, 3, 2), 3, nested=True),
    parameters_of_cnn((3, 2, 2, 1), 2, nested=True),
    two_passes_of_cnn((2, 2, 2), 2, 1),
    two_passes_of_cnn((3, 3, 3, 3), 1, 4),
)

GRID: tuple[Probe, ...] = network_grid()
