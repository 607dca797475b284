"""Grids of small calls for layers, networks, optimizers and training: see grids.py."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.exercises.shared.grids import CONVOLUTIONS, apart, pool_cases
from autograder.exercises.shared.probing import Probe, copied, numbers

Make = Callable[[Any], Any]


def _passes(
    make: Make,
    xs: Sequence[np.ndarray],
    *conditions: str,
    parameters: Sequence[str] = (),
    gradients: bool = False,
    biased: bool = True,
    edge: bool = False,
) -> Probe:
    """Forward and backward for each input in turn, then the gradients of the parameters."""

    def ask(learner: Any) -> Any:
        layer = make(learner)
        for k, name in enumerate(parameters):
            parameter = getattr(layer, name)
            shape = np.shape(parameter.value)
            parameter.value = numbers(*shape, start=4 + k) * (biased or name != "bias")
            parameter.grad = numbers(*shape, start=9 + k) * gradients
        answers = []
        for k, x in enumerate(xs):
            out = layer.forward(x)
            shape = np.shape(out[0] if isinstance(out, tuple) else out)
            d_x = layer.backward(numbers(*shape, start=3 + k) + 0.25)
            answers += [copied(out), copied(d_x)]
        return (*answers, *(copied(getattr(layer, name).grad) for name in parameters))

    called = ("out", "d_x", "out of the second pass", "d_x of the second pass")[: 2 * len(xs)]
    extra = [name for name, holds in _extra(xs, parameters, gradients, biased) if holds]
    names = (*called, *(f"{name}.grad" for name in parameters))
    arguments = tuple(xs) if edge else ()
    return Probe(ask, frozenset((*conditions, *extra)), edge, arguments=arguments, names=names)


def _whole(x: np.ndarray) -> np.ndarray:
    """The numbers of a picture times 2, as integers."""
    return (2 * x).astype(np.int64)


def _extra(
    xs: Sequence[np.ndarray], parameters: Sequence[str], gradients: bool, biased: bool
) -> list[tuple[str, bool]]:
    return [
        ("second_call", len(xs) > 1),
        ("gradients_there", gradients),
        ("bias", bool(parameters) and biased),
    ]


def convolution_layer_grid() -> tuple[Probe, ...]:
    """Conv2D with all square kernels of CONVOLUTIONS: the layer has no others."""
    probes = []
    for sizes in CONVOLUTIONS:
        if sizes.kernel_height != sizes.kernel_width:
            continue

        def make(learner: Any, s: Any = sizes) -> Any:
            rng = learner.default_rng(0)
            return learner.Conv2D(
                s.channels, s.filters, s.kernel_height, stride=s.stride, padding=s.padding, rng=rng
            )

        held = sizes.conditions - {"bias"}
        x = numbers(*sizes.x_shape)
        both = ("weights", "bias")
        probes.append(_passes(make, [x], *held, parameters=both, biased=sizes.bias))
        if len(probes) in (1, 2, 9, 15):
            probes.append(
                _passes(make, [x], *held, parameters=both, biased=sizes.bias, gradients=True)
            )
            again = numbers(*sizes.x_shape, start=8)
            probes.append(_passes(make, [x, again], *held, parameters=both, biased=sizes.bias))
    return tuple(probes)


def dense_layer_grid() -> tuple[Probe, ...]:
    """Dense of several sizes."""
    probes = []
    for n, d, m, *held in (
        (1, 2, 3),
        (1, 3, 2),
        (1, 3, 3, "as_many_outputs_as_inputs"),
        (2, 2, 3, "images"),
        (3, 4, 2, "images"),
        (3, 3, 3, "images", "as_many_outputs_as_inputs"),
    ):

        def make(learner: Any, d: int = d, m: int = m) -> Any:
            return learner.Dense(d, m, rng=learner.default_rng(0))

        both = ("weights", "bias")
        x, again = numbers(n, d), numbers(n, d, start=7)
        for biased in (False, True):
            probes.append(_passes(make, [x], *held, parameters=both, biased=biased))
        probes.append(_passes(make, [x], *held, parameters=both, biased=False, gradients=True))
        probes.append(_passes(make, [x, again], *held, parameters=both, biased=False))
    return tuple(probes)


def plain_layer_grid(name: str, inputs: Sequence[tuple[np.ndarray, Sequence[str]]]) -> Any:
    """A layer without parameters or arguments, called once and twice for each input."""
    probes = []
    for x, held in inputs:
        probes.append(_passes(lambda learner: getattr(learner, name)(), [x], *held))
        # The second input has one image more, so arrays kept from the first call do not fit.
        again = np.roll(np.concatenate([x, x[:1]]), 1, axis=-1) + 0.5
        for second, *more in ((again, "second_shape"), (again[: len(x)],)):
            probes.append(
                _passes(lambda learner: getattr(learner, name)(), [x, second], *held, *more)
            )
    return tuple(probes)


def signed_inputs() -> list[tuple[np.ndarray, tuple[str, ...]]]:
    """Arrays with and without negative numbers and zeros, for ReLU."""
    positive = np.abs(numbers(2, 3)) + 0.5
    pictures = np.abs(numbers(2, 2, 2, 3, start=5)) + 0.5
    inputs: list[tuple[np.ndarray, tuple[str, ...]]] = []
    for x, axes in ((positive, ()), (pictures, ("many_axes",))):
        mixed, zeros = x.copy(), x.copy()
        mixed.ravel()[::2] *= -1
        zeros.ravel()[1::3] = 0
        inputs += [
            (x, axes),
            (mixed, (*axes, "negative")),
            (zeros, (*axes, "zeros")),
        ]
    return inputs


def picture_inputs() -> list[tuple[np.ndarray, tuple[str, ...]]]:
    """Pictures of several shapes, for Flatten."""
    shapes: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...] = (
        ((1, 1, 2, 2), ()),
        ((1, 1, 2, 3), ("rectangular_picture",)),
        ((1, 2, 2, 2), ("channels",)),
        ((2, 1, 2, 2), ("images",)),
        ((3, 2, 2, 3), ("images", "channels", "rectangular_picture")),
    )
    return [(numbers(*shape), held) for shape, held in shapes]


def pool_layer_grid(name: str, ties: bool = True) -> tuple[Probe, ...]:
    """A pooling layer with all sizes of the pooling grid; with some sizes also called twice."""
    probes = []
    for sizes, x, held in pool_cases():
        if "ties" in held and not ties:
            continue

        def make(learner: Any, s: Any = sizes) -> Any:
            return getattr(learner, name)(s.pool, s.stride)

        probes.append(_passes(make, [x], *held))
        if len(probes) in (1, 3, 9):
            probes.append(_passes(make, [x, apart(*x.shape, start=7)], *held))
    whole = _whole(apart(1, 1, 4, 4))
    probes.append(_passes(lambda learner: getattr(learner, name)(2, 2), [whole], edge=True))
    return tuple(probes)


def batch_norm_grid() -> tuple[Probe, ...]:
    """BatchNorm2D in training and evaluation: both passes, gradients and running estimates."""
    probes = []
    for training in (True, False):
        for shape, *held in (
            ((2, 1, 2, 2), "images"),
            ((1, 2, 2, 2), "channels"),
            ((1, 1, 2, 3), "rectangular_picture"),
            ((3, 2, 2, 2), "images", "channels"),
            ((2, 3, 1, 3), "images", "channels", "rectangular_picture"),
        ):
            held += ["evaluation"] * (not training)
            x, again = numbers(*shape, start=3), numbers(*shape, start=8)
            probes.append(_normalising([x], held, training))
            probes.append(_normalising([x], [*held, "scaled_and_shifted"], training))
        probes.append(_normalising([x], [*held, "gradients_there"], training))
        probes.append(_normalising([x, again], [*held, "second_call"], training))
        probes.append(
            _normalising([x, again], [*held, "second_call", "scaled_and_shifted"], training)
        )
    return tuple(probes)


def _normalising(xs: Sequence[np.ndarray], held: Sequence[str], training: bool) -> Probe:
    def ask(learner: Any) -> Any:
        channels = xs[0].shape[1]
        layer = learner.BatchNorm2D(channels, epsilon=0.5, momentum=0.25)
        layer.training = training
        layer.running_mean = numbers(channels, start=11)
        layer.running_variance = numbers(channels, start=5) ** 2 + 0.25
        for start, parameter in enumerate((layer.gamma, layer.beta), 4):
            if "scaled_and_shifted" in held:
                parameter.value = numbers(channels, start=start)
            parameter.grad = numbers(channels, start=start + 5) * ("gradients_there" in held)
        answers = []
        for k, x in enumerate(xs):
            answers += [
                copied(layer.forward(x)),
                copied(layer.backward(numbers(*x.shape, start=5 + k) + 0.25)),
            ]
        kept = layer.gamma.grad, layer.beta.grad, layer.running_mean, layer.running_variance
        return (*answers, *map(copied, kept))

    called = ("out", "d_x", "out of the second pass", "d_x of the second pass")[: 2 * len(xs)]
    names = (*called, "gamma.grad", "beta.grad", "running_mean", "running_variance")
    return Probe(ask, frozenset(held), names=names)


def dropout_grid() -> tuple[Probe, ...]:
    """Dropout with several rates, in training and in evaluation, called once and twice."""
    probes = []
    seed = 0
    for training in (True, False):
        for rate in (0.25, 0.5, 0.75, 0.0):
            for shape, *held in (
                ((1, 8),),
                ((3, 4), "images"),
                ((1, 2, 2, 3), "many_axes"),
                ((2, 2, 2, 3), "images", "many_axes"),
            ):
                held += ["training" if training else "evaluation"]
                held += ["drops"] * (rate > 0)
                seed += 1
                x, again = numbers(*shape, start=2), numbers(*shape, start=9)

                def make(learner: Any, r: float = rate, s: int = seed, t: bool = training) -> Any:
                    layer = learner.Dropout(r, rng=learner.default_rng(s))
                    layer.training = t
                    return layer

                def trained(learner: Any, r: float = rate, s: int = seed, x: Any = again) -> Any:
                    layer = learner.Dropout(r, rng=learner.default_rng(s))
                    layer.training = True
                    layer.forward(x)
                    layer.training = False
                    return layer

                probes.append(_passes(make, [x], *held))
                probes.append(_passes(make, [x, again], *held))
                if not training:
                    probes.append(_passes(trained, [x], *held))
    return tuple(probes)


def residual_block_grid() -> tuple[Probe, ...]:
    """ResidualBlock: both passes and the gradients of its four parameters, or forward alone."""
    probes = []
    forward_too = ((1, 1, 2, 2), (2, 1, 2, 2), (1, 2, 2, 2))
    for shape, *held in (
        ((1, 1, 2, 2),),
        ((1, 1, 3, 3),),
        ((1, 1, 2, 3), "rectangular_picture"),
        ((2, 1, 2, 2), "images"),
        ((1, 2, 2, 2), "channels"),
        ((2, 2, 2, 3), "images", "channels", "rectangular_picture"),
    ):
        x, again = numbers(*shape, start=3), numbers(*shape, start=8)
        probes.append(_residual([x], held))
        probes.append(_residual([x], [*held, "bias"]))
        probes.append(_residual([x], [*held, "gradients_there"]))
        probes.append(_residual([x, again], [*held, "second_call"]))
        if shape in forward_too:
            probes.append(_residual([x], held, backward=False))
    return tuple(probes)


def _residual(xs: Sequence[np.ndarray], held: Sequence[str], *, backward: bool = True) -> Probe:
    def ask(learner: Any) -> Any:
        channels = xs[0].shape[1]
        block = learner.ResidualBlock(channels, rng=learner.default_rng(0))
        for k, convolution in enumerate((block.first, block.second)):
            convolution.weights.value = numbers(channels, channels, 3, 3, start=3 + 4 * k) / 8
            convolution.bias.value = numbers(channels, start=5 + k) * ("bias" in held)
            for parameter in (convolution.weights, convolution.bias):
                shape = np.shape(parameter.value)
                parameter.grad = numbers(*shape, start=9 + k) * ("gradients_there" in held)
        if not backward:
            return copied(block.forward(xs[0]))
        answers = []
        for k, x in enumerate(xs):
            answers += [
                copied(block.forward(x)),
                copied(block.backward(numbers(*x.shape, start=5 + k) + 0.25)),
            ]
        return (
            *answers,
            *(
                copied(parameter.grad)
                for convolution in (block.first, block.second)
                for parameter in (convolution.weights, convolution.bias)
            ),
        )

    called = ("out", "d_x", "out of the second pass", "d_x of the second pass")[: 2 * len(xs)]
    parts = (f"{one}.{name}.grad" for one in ("first", "second") for name in ("weights", "bias"))
    if not backward:
        return Probe(ask, frozenset(held), names=called[:1])
    return Probe(ask, frozenset(held), names=(*called, *parts))


def initialization_grid(exercise: str) -> tuple[Probe, ...]:
    """Initial weights of several shapes; for some, the second array of the same generator."""
    kernel, rectangle = "several_kernel_pixels", "rectangular_kernel"
    cases: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...] = (
        ((1, 1), ()),
        ((3, 3), ()),
        ((2, 5), ("unequal_fans",)),
        ((5, 2), ("unequal_fans",)),
        ((4, 1), ("unequal_fans",)),
        ((2, 2, 1, 1), ("filters_given",)),
        ((3, 3, 2, 2), ("filters_given", kernel)),
        ((2, 2, 3, 3), ("filters_given", kernel)),
        ((1, 1, 2, 3), ("filters_given", kernel, rectangle)),
        ((3, 2, 1, 1), ("filters_given", "unequal_fans")),
        ((2, 3, 2, 2), ("filters_given", kernel, "unequal_fans")),
        ((4, 1, 3, 2), ("filters_given", kernel, rectangle, "unequal_fans")),
    )
    probes = []
    for seed, (shape, held) in enumerate(cases, 1):
        probes.append(_drawing(exercise, shape, seed, held, times=1))
        if seed in (2, 4, 7):
            probes.append(_drawing(exercise, shape, seed, (*held, "drawn_twice"), times=2))
    return tuple(probes)


def _drawing(
    exercise: str, shape: tuple[int, ...], seed: int, held: Sequence[str], times: int
) -> Probe:
    def ask(learner: Any) -> Any:
        rng = learner.default_rng(seed)
        drawn = [copied(getattr(learner, exercise)(shape, rng)) for _ in range(times)]
        return drawn[-1]

    return Probe(ask, frozenset(held), names=("the weights",))


def optimizer_grid() -> tuple[Probe, ...]:
    """SGD: the values after each of one to three steps."""
    probes = []
    for shapes, steps, momentum, scale, rates in (
        ([(3,)], 1, 0.0, 0.1, (0.5,)),
        ([(2, 3)], 1, 0.0, 0.1, (0.25,)),
        ([(3,)], 1, 0.0, 1.0, (0.5,)),
        ([(3,)], 3, 0.0, 0.1, (0.5,)),
        ([(3,)], 1, 0.5, 0.1, (0.5,)),
        ([(3,)], 2, 0.5, 0.1, (0.5,)),
        ([(3,)], 3, 0.5, 0.1, (0.5,)),
        ([(2, 2)], 3, 0.75, 1.0, (0.25,)),
        ([(3,), (2, 2)], 1, 0.0, 0.1, (0.5,)),
        ([(3,), (3,)], 1, 0.0, 0.1, (0.5,)),
        ([(3,), (3,)], 3, 0.0, 0.1, (0.5,)),
        ([(3,), (3,)], 3, 0.5, 0.1, (0.5,)),
        ([(3,), (2, 2)], 3, 0.5, 1.0, (0.5,)),
    ):
        held = {
            "momentum": momentum > 0,
            "several_steps": steps > 1,
            "several_parameters": len(shapes) > 1,
            "large_gradient": scale == 1.0,
        }
        probes.append(_steps(shapes, steps, momentum, scale, rates, held))
    for shapes, steps, momentum in (([(3,)], 2, 0.0), ([(3,)], 2, 0.5), ([(2, 2)], 3, 0.5)):
        held = {"momentum": momentum > 0, "several_steps": True, "same_gradient": True}
        probes.append(_steps(shapes, steps, momentum, 0.1, (0.5,), held))
    return tuple(probes)


def _steps(
    shapes: Sequence[tuple[int, ...]],
    steps: int,
    momentum: float,
    scale: float,
    rates: Sequence[float],
    held: dict[str, bool],
) -> Probe:
    def ask(learner: Any) -> Any:
        parameters = [learner.Parameter(numbers(*s, start=2 + k)) for k, s in enumerate(shapes)]
        optimizer = learner.SGD(parameters, rates[0], momentum)
        values = []
        for step in range(steps):
            for k, (parameter, shape) in enumerate(zip(parameters, shapes, strict=True)):
                if step == 0 or not held.get("same_gradient"):
                    parameter.grad = numbers(*shape, start=6 + 3 * k + step) * scale
            optimizer.step()
            values += [copied(parameter.value) for parameter in parameters]
        return tuple(values) if len(values) > 1 else values[0]

    names = tuple(
        f"the value after step {step + 1}" + (f" of parameter {k}" if len(shapes) > 1 else "")
        for step in range(steps)
        for k in range(len(shapes))
    )
    return Probe(ask, frozenset(n for n, holds in held.items() if holds), names=names)


def epoch_grid() -> tuple[Probe, ...]:
    """train_epoch with one Dense layer: the loss, and the layer's parameters after the epoch."""
    probes = []
    for images, batch_size, momentum in (
        (1, 1, 0.0),
        (3, 3, 0.0),
        (4, 4, 0.0),
        (4, 2, 0.0),
        (6, 2, 0.0),
        (6, 3, 0.0),
        (5, 2, 0.0),
        (7, 3, 0.0),
        (4, 3, 0.0),
        (2, 4, 0.0),
        (4, 2, 0.5),
        (5, 2, 0.5),
    ):
        held = {
            "images": images > 1,
            "several_batches": images > batch_size,
            "uneven_batches": images % batch_size > 0,
            "momentum": momentum > 0,
        }
        names = frozenset(name for name, holds in held.items() if holds)
        called = ("the loss", "the weights after the epoch", "the bias after the epoch")
        probes.append(Probe(_epoch(images, batch_size, momentum), names, names=called))
    return tuple(probes)


def _epoch(images: int, batch_size: int, momentum: float) -> Callable[[Any], Any]:
    def ask(learner: Any) -> Any:
        dense = learner.Dense(4, 3, rng=learner.default_rng(0))
        for k, parameter in enumerate((dense.weights, dense.bias)):
            shape = np.shape(parameter.value)
            parameter.value = numbers(*shape, start=3 + k) / 8
            parameter.grad = numbers(*shape, start=7 + k)
        network = learner.CNN([learner.Flatten(), dense])
        optimizer = learner.SGD([dense.weights, dense.bias], 0.25, momentum)
        x = numbers(images, 1, 2, 2, start=5) / 4
        labels = np.arange(images, dtype=np.int64) ** 2 % 3
        rng = learner.default_rng(images)
        loss = learner.train_epoch(network, optimizer, x, labels, batch_size, rng)
        return loss, copied(dense.weights.value), copied(dense.bias.value)

    return ask


def network_grid() -> tuple[Probe, ...]:
    """CNN of Dense and ReLU layers: out, d_x, and the gradients of all weights."""
    probes = []
    for widths, images in (
        ((2, 3), 1),
        ((3, 2), 1),
        ((2, 3), 2),
        ((2, 3, 2), 1),
        ((3, 2, 4), 1),
        ((2, 3, 2), 2),
        ((2, 3, 4, 2), 2),
        # Layers that also fit if one of them gets what another should get.
        ((2, 2, 2), 1),
        ((3, 3, 3), 2),
    ):
        held = {"images": images > 1, "deep": len(widths) > 2}
        names = frozenset(name for name, holds in held.items() if holds)
        probes.append(_network(widths, images, names))
        if len(probes) in (1, 6):
            probes.append(_network(widths, images, names | {"gradients_there"}))
    return tuple(probes)


def _network(widths: Sequence[int], images: int, held: frozenset[str]) -> Probe:
    def ask(learner: Any) -> Any:
        layers, dense = [], []
        for k, (d, m) in enumerate(itertools.pairwise(widths)):
            layer = learner.Dense(d, m, rng=learner.default_rng(0))
            layer.weights.value = numbers(d, m, start=2 + k)
            layer.bias.value = numbers(m, start=5 + k)
            if "gradients_there" in held:
                layer.weights.grad = numbers(d, m, start=9 + k)
            layers += [layer, learner.ReLU()]
            dense.append(layer)
        network = learner.CNN(layers[:-1])
        out = network.forward(numbers(images, widths[0], start=4))
        d_x = network.backward(numbers(images, widths[-1], start=8) + 0.25)
        return (copied(out), copied(d_x), *(copied(layer.weights.grad) for layer in dense))

    names = ("out", "d_x", *(f"the gradient of layer {k + 1}" for k in range(len(widths) - 1)))
    return Probe(ask, held, names=names)
