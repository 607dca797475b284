"""What the judge asks a failing exercise in order to recognise a known mistake.

A probe calls the exercise on fixed small inputs and returns what came out. The inputs are
halves, so that most results are exact in floating point, and they are varied enough
to tell the mistakes apart: rectangular, strided, padded, with channels, with ties.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Probe = Callable[[Any], Any]


def numbers(*shape: int, start: int = 1) -> np.ndarray:
    """Halves from -7 to 7 of the given shape, irregular, and the same on every machine."""
    places = np.arange(start, start + int(np.prod(shape)))
    # 29 is a prime and 28 is no multiple of 3, so 29 cubes in a row are all different.
    return ((places**3 % 29 - 14) / 2).reshape(shape)


def asking(exercise: str, *arguments: Any) -> Probe:
    """The probe that calls the exercise's function once."""
    return lambda learner: getattr(learner, exercise)(*arguments)


def asking_often(exercise: str, *argument_lists: Sequence[Any]) -> Probe:
    """The probe that calls the exercise's function once for each list of arguments."""

    def probe(learner: Any) -> Any:
        return tuple(getattr(learner, exercise)(*arguments) for arguments in argument_lists)

    return probe


def _convolutions(exercise: str) -> tuple[Probe, ...]:
    """N, C, H, W; F, KH, KW; stride, padding."""
    sizes = (
        ((1, 1, 4, 4), (1, 2, 2), 1, 0),
        ((2, 1, 3, 5), (2, 2, 3), 1, 0),
        ((1, 3, 4, 3), (2, 3, 2), 1, 0),
        ((2, 2, 5, 7), (3, 3, 2), 2, 0),
        ((1, 2, 3, 4), (2, 2, 2), 1, 1),
        ((2, 2, 4, 5), (2, 3, 3), 2, 1),
    )
    probes = []
    for x_shape, (filters, height, width), stride, padding in sizes:
        x = numbers(*x_shape)
        weights = numbers(filters, x_shape[1], height, width, start=5)
        bias = numbers(filters, start=3)
        probes.append(asking(exercise, x, weights, bias, stride, padding))
    for x_shape, start in (((1, 1, 4, 4), 1), ((2, 2, 3, 4), 9)):
        whole = (2 * numbers(*x_shape, start=start)).astype(np.int64)
        weights = numbers(2, x_shape[1], 2, 2, start=5)
        probes.append(asking(exercise, whole, weights, numbers(2, start=3)))
    return tuple(probes)


def _unfoldings(exercise: str) -> tuple[Probe, ...]:
    """N, C, H, W; KH, KW, stride, padding."""
    sizes = (
        ((1, 1, 4, 4), 2, 2, 1, 0),
        ((2, 1, 4, 5), 2, 3, 1, 0),
        ((2, 3, 4, 4), 3, 2, 1, 0),
        ((2, 2, 5, 7), 3, 2, 2, 0),
        ((1, 2, 3, 4), 2, 2, 1, 1),
        ((2, 2, 5, 6), 2, 3, 2, 2),
    )
    return tuple(asking(exercise, numbers(*shape), *rest) for shape, *rest in sizes)


def _foldings() -> tuple[Probe, ...]:
    """N, C, H, W; KH, KW, stride, padding; rows and columns of cols."""
    sizes = (
        ((1, 1, 4, 4), (2, 2, 1, 0), (4, 9)),
        ((2, 1, 4, 5), (2, 3, 1, 0), (6, 18)),
        ((2, 3, 4, 4), (3, 2, 1, 0), (18, 12)),
        ((2, 2, 5, 7), (3, 2, 2, 0), (12, 12)),
        ((2, 2, 3, 4), (2, 2, 1, 1), (8, 40)),
        ((2, 2, 5, 6), (2, 3, 2, 2), (12, 32)),
    )
    return tuple(asking("col2im", numbers(*cols), shape, *rest) for shape, rest, cols in sizes)


# The columns of three small convolutions, written out: to make them is an exercise of its own.
_COLS_1 = np.array([[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]]) / 2
_X_1 = np.arange(1, 10).reshape(1, 1, 3, 3) / 2
_X_2 = np.arange(1, 25).reshape(2, 2, 2, 3) / 2
_COLS_2 = (
    np.array(
        [
            [1, 2, 4, 5, 13, 14, 16, 17],
            [2, 3, 5, 6, 14, 15, 17, 18],
            [7, 8, 10, 11, 19, 20, 22, 23],
            [8, 9, 11, 12, 20, 21, 23, 24],
        ]
    )
    / 2
)
_X_3 = np.arange(1, 9).reshape(2, 1, 2, 2) / 2
_COLS_3 = (
    np.array(
        [
            [0, 0, 0, 4, 0, 0, 0, 8],
            [0, 0, 3, 0, 0, 0, 7, 0],
            [0, 2, 0, 0, 0, 6, 0, 0],
            [1, 0, 0, 0, 5, 0, 0, 0],
        ]
    )
    / 2
)


def _convolutions_backward() -> tuple[Probe, ...]:
    sizes = (
        (_X_1, (1, 1, 2, 2), _COLS_1, (2, 2), 1, 0),
        (_X_1, (2, 1, 2, 2), _COLS_1, (2, 2), 1, 0),
        (_X_2, (2, 2, 1, 2), _COLS_2, (2, 2), 1, 0),
        (_X_2, (3, 2, 1, 2), _COLS_2, (2, 2), 1, 0),
        (_X_3, (2, 1, 2, 2), _COLS_3, (2, 2), 2, 1),
    )
    return tuple(
        asking(
            "conv2d_backward",
            numbers(len(x), weights_shape[0], *out_sizes, start=4),
            x,
            numbers(*weights_shape, start=11),
            cols,
            *rest,
        )
        for x, weights_shape, cols, out_sizes, *rest in sizes
    )


def _cubes(x: np.ndarray) -> Any:
    """each number cubed"""
    return x**3


def _neighbours(x: np.ndarray) -> Any:
    """each number squared, times the sum of all"""
    return x**2 * x.sum()


def _total(x: np.ndarray) -> Any:
    """the sum of the squares, one number"""
    return float((x**2).sum() + x.ravel()[0] ** 3 * x.ravel()[-1])


def _numerical_gradients() -> tuple[Probe, ...]:
    name = "numerical_gradient"
    whole = np.array([[1, 2], [3, -2]])
    return (
        asking(name, _cubes, numbers(3), numbers(3, start=8), 0.5),
        asking(name, _neighbours, numbers(2, 2), numbers(2, 2, start=6), 0.5),
        asking(name, _neighbours, numbers(3, start=2), numbers(3, start=7), 0.25),
        asking(name, _total, numbers(2, 3, start=3), 1.5, 0.5),
        asking(name, _neighbours, whole, numbers(2, 2, start=9), 0.5),
        asking(name, _cubes, whole[0], numbers(2, start=5), 0.25),
    )


_TIED = np.array([[1, 2, 2, 0, 1], [2, 2, 1, 0, 0], [1, 0, 2, 2, 1], [1, 1, 2, 2, 2]]) / 2


def _poolings() -> tuple[Probe, ...]:
    name = "maxpool2d_forward"
    return (
        asking(name, numbers(1, 1, 4, 4)),
        asking(name, numbers(2, 3, 5, 7, start=4), 2, 2),
        asking(name, numbers(1, 2, 5, 6, start=2), 3, 1),
        asking(name, numbers(2, 1, 7, 4, start=7), 2, 3),
        asking(name, numbers(1, 2, 6, 8, start=3) - 8, 2, 2),
        asking(name, numbers(1, 1, 5, 5, start=8) - 8, 3, 2),
        asking(name, _TIED[None, None], 2, 1),
        asking(name, np.stack([_TIED, _TIED[::-1, ::-1]])[None], 3, 1),
    )


def _poolings_backward() -> tuple[Probe, ...]:
    name = "maxpool2d_backward"
    # Every window's own winner; then winners that several windows share.
    apart = np.array([[[0, 1], [1, 2]], [[3, 0], [2, 3]]])
    shared = np.array([[[1, 1], [1, 1], [0, 3]], [[1, 1], [2, 1], [3, 2]]])
    two = np.stack([shared, shared[::-1, ::-1]])
    square = np.stack([np.stack([apart, apart[::-1]]), np.stack([apart[:, ::-1], apart])])
    batch = np.stack([two, two[:, :, ::-1]])
    return (
        asking(name, numbers(1, 1, 2, 2), apart[None, None], (1, 1, 4, 4)),
        asking(name, numbers(2, 2, 2, 2, start=3), square, (2, 2, 4, 4)),
        asking(name, numbers(1, 1, 2, 3, start=5), shared[None, None], (1, 1, 4, 4)),
        asking(name, numbers(2, 2, 2, 3, start=2), batch, (2, 2, 4, 5)),
        asking(name, numbers(1, 2, 2, 3, start=9), two[None], (1, 2, 5, 4)),
    )


def _layers() -> dict[str, tuple[Probe, ...]]:
    shapes = ((1, 2, 2, 3), (2, 3, 2, 4), (3, 2, 3, 2), (2, 2, 3, 3))
    # Numbers of both signs, with zeros among them.
    signs = [numbers(*shape, start=k) / 4 for k, shape in enumerate(((6,), (3, 4), (2, 2, 3)), 1)]
    signs[1][:, 1] = 0
    signs[2][0] = 0
    rows = [(numbers(n, d), numbers(d, m, start=6), numbers(m, start=4)) for n, d, m in _DENSE]
    return {
        "relu_forward": tuple(asking("relu_forward", x) for x in signs),
        "relu_backward": tuple(
            asking("relu_backward", numbers(*x.shape, start=13), x) for x in signs
        ),
        "flatten_forward": tuple(asking("flatten_forward", numbers(*shape)) for shape in shapes),
        "flatten_backward": tuple(
            asking("flatten_backward", numbers(shape[0], int(np.prod(shape[1:]))), shape)
            for shape in shapes
        ),
        "dense_forward": tuple(asking("dense_forward", *three) for three in rows),
        "dense_backward": tuple(
            asking("dense_backward", numbers(len(x), weights.shape[1], start=9), x, weights)
            for x, weights, _ in rows
        ),
    }


# N, D, M; also as many outputs as inputs, where a transpose goes unnoticed by the shapes.
_DENSE = ((1, 2, 3), (3, 2, 4), (2, 3, 3), (4, 2, 2))


_CERTAIN = np.array([[0.25, 0.5, 0.25], [0.125, 0.125, 0.75], [0.5, 0.25, 0.25]])
_UNSURE = np.array([[0.125, 0.375, 0.25, 0.25], [0.5, 0.0625, 0.3125, 0.125]])
_RIGHT = (np.array([1, 0, 2]), np.array([3, 1]))


def _is_finite(zeros: Sequence[int]) -> Probe:
    """Whether the loss is finite where the right class has probability 0."""

    def probe(learner: Any) -> Any:
        probabilities = np.eye(4)[[0, 1, 2]]
        return bool(np.isfinite(learner.cross_entropy(probabilities, np.array(zeros))))

    return probe


def _losses() -> dict[str, tuple[Probe, ...]]:
    pairs = (
        (_CERTAIN, _RIGHT[0]),
        (_UNSURE, _RIGHT[1]),
        (_CERTAIN[:, ::-1].copy(), np.array([0, 0, 1])),
        (_UNSURE[::-1].copy(), np.array([2, 2])),
    )
    large = np.array([[1e4, 0.0, 1e4], [0.0, 1.0, 2.0]])
    low = np.array([[-1e4, -1e4 + 1, -1e4], [-2e4, -2e4, -2e4 - 1]])
    apart = np.array([[1e4, 1e4 - 1, 0.0], [-1e4, -1e4, -1e4 + 2]])
    return {
        "softmax": (
            asking("softmax", np.array([[1.0, 2.0, 3.5]])),
            asking("softmax", numbers(2, 3, start=4) / 4),
            asking("softmax", numbers(3, 3, start=2) / 2),
            # As many images as classes, where numbers for the rows go along the columns too.
            asking("softmax", numbers(2, 2, start=3) / 2),
            asking("softmax", numbers(3, 3, start=11) / 4),
            asking("softmax", large),
            asking("softmax", low),
            asking("softmax", apart),
            asking("softmax", np.array([[1e4, 0.0], [0.0, 1.0]])),
        ),
        "cross_entropy": (
            *(asking("cross_entropy", *pair) for pair in pairs),
            _is_finite((1, 1, 2)),
            _is_finite((3, 0, 0)),
        ),
        "softmax_cross_entropy_backward": tuple(
            asking("softmax_cross_entropy_backward", *pair) for pair in pairs
        ),
    }


def _set_up(layer: Any, start: int) -> Any:
    """Give a layer's parameters numbers of ours, and gradients that are there already."""
    for offset, parameter in enumerate((layer.weights, layer.bias)):
        shape = np.shape(parameter.value)
        parameter.value = numbers(*shape, start=start + offset)
        parameter.grad = numbers(*shape, start=start + offset + 5)
    return layer


def _there_and_back(layer: Any, *xs: np.ndarray, start: int = 3) -> Any:
    """Both passes for every input in turn; all outputs, and the parameters' gradients."""
    answers: list[Any] = []
    for x in xs:
        out = layer.forward(x)
        d_x = layer.backward(numbers(*np.shape(_first(out)), start=start))
        answers += [_now(out), _now(d_x)]
    return tuple(answers)


def _now(value: Any) -> Any:
    """A copy, where the learner's code may later write into the array itself."""
    if isinstance(value, tuple | list):
        return type(value)(map(_now, value))
    return value.copy() if isinstance(value, np.ndarray) else value


def _forward(make: Callable[[Any], Any], *xs: np.ndarray) -> Probe:
    """What the forward pass alone returns, whatever becomes of the backward pass."""

    def probe(learner: Any) -> Any:
        layer = make(learner)
        return tuple(_now(layer.forward(x)) for x in xs)

    return probe


def _first(out: Any) -> Any:
    return out[0] if isinstance(out, tuple) else out


def _parametric(make: Callable[[Any], Any], *xs: np.ndarray, start: int = 3) -> Probe:
    def probe(learner: Any) -> Any:
        layer = _set_up(make(learner), start)
        answers = _there_and_back(layer, *xs)
        return (*answers, layer.weights.grad, layer.bias.grad)

    return probe


def _plain(name: str, *xs: np.ndarray, arguments: Sequence[int] = ()) -> Probe:
    return lambda learner: _there_and_back(getattr(learner, name)(*arguments), *xs)


def _conv2d(sizes: Sequence[int], *xs: np.ndarray, start: int = 3) -> Probe:
    return _parametric(
        lambda learner: learner.Conv2D(*sizes, rng=learner.default_rng(0)), *xs, start=start
    )


def _dense(sizes: Sequence[int], *xs: np.ndarray, start: int = 3) -> Probe:
    return _parametric(
        lambda learner: learner.Dense(*sizes, rng=learner.default_rng(0)), *xs, start=start
    )


def _layer_classes() -> dict[str, tuple[Probe, ...]]:
    pictures = (numbers(1, 2, 4, 6), numbers(2, 2, 4, 6, start=9), numbers(2, 2, 6, 4, start=4))
    same = (numbers(2, 1, 4, 4), numbers(2, 1, 4, 4, start=6))
    return {
        "Conv2D": (
            _conv2d((1, 2, 2), numbers(1, 1, 3, 4)),
            _conv2d((2, 1, 3), numbers(2, 2, 3, 5, start=2), start=6),
            _conv2d((2, 2, 2, 2, 1), numbers(1, 2, 4, 6)),
            _conv2d((1, 2, 3, 2, 1), numbers(2, 1, 5, 7, start=8), start=2),
            _conv2d((1, 2, 3, 1, 1), numbers(2, 1, 3, 3, start=8), start=4),
            _conv2d((1, 2, 2, 2), numbers(2, 1, 4, 4, start=8), start=4),
            _conv2d((1, 1, 2), numbers(1, 1, 3, 3), numbers(2, 1, 3, 4, start=5)),
        ),
        "Dense": (
            _dense((2, 3), numbers(1, 2)),
            _dense((3, 2), numbers(2, 3, start=4), start=8),
            _dense((2, 2), numbers(3, 2), numbers(3, 2, start=8)),
            _dense((3, 3), numbers(2, 3), numbers(2, 3, start=6), start=5),
        ),
        "ReLU": (
            _plain("ReLU", numbers(2, 3)),
            _plain("ReLU", numbers(1, 2, 2, 3, start=6)),
            _plain("ReLU", numbers(2, 4), numbers(2, 4, start=9)),
            _plain("ReLU", numbers(3, 2, start=5), numbers(3, 2, start=8)),
        ),
        "MaxPool2D": (
            _plain("MaxPool2D", pictures[0]),
            _plain("MaxPool2D", pictures[1], arguments=(2, 1)),
            _plain("MaxPool2D", pictures[2], arguments=(3, 1)),
            _plain("MaxPool2D", pictures[2], arguments=(3, 3)),
            _plain("MaxPool2D", *same),
            _plain("MaxPool2D", *same, arguments=(3, 1)),
        ),
        "Flatten": (
            _plain("Flatten", numbers(1, 2, 2, 3)),
            _plain("Flatten", numbers(2, 1, 3, 2, start=5)),
            _plain("Flatten", numbers(3, 2, 2, 1), numbers(1, 2, 2, 1, start=7)),
            _plain("Flatten", numbers(2, 2, 1, 3), numbers(1, 2, 1, 3, start=4)),
        ),
    }


def _network(learner: Any, widths: Sequence[int], start: int) -> tuple[Any, list[Any]]:
    """Dense layers with a ReLU between them, and the Dense layers by themselves."""
    dense = [
        _set_up(learner.Dense(*pair, rng=learner.default_rng(0)), start + 4 * k)
        for k, pair in enumerate(itertools.pairwise(widths))
    ]
    layers = [dense[0]]
    for layer in dense[1:]:
        layers += [learner.ReLU(), layer]
    return learner.CNN(layers), dense


def _passes_of_cnn(widths: Sequence[int], images: int, start: int) -> Probe:
    def probe(learner: Any) -> Any:
        network, dense = _network(learner, widths, start)
        answers = _there_and_back(network, numbers(images, widths[0], start=start + 2))
        return (*answers, *(part.grad for d in dense for part in (d.weights, d.bias)))

    return probe


def _two_passes_of_cnn(widths: Sequence[int], images: int, start: int) -> Probe:
    """Both passes twice: the second must find the network as it was made."""
    xs = (numbers(images, widths[0], start=start + k) for k in (2, 7))
    first, second = xs
    return lambda learner: _there_and_back(_network(learner, widths, start)[0], first, second)


def _forward_of_cnn(widths: Sequence[int], images: int, start: int) -> Probe:
    x = numbers(images, widths[0], start=start + 2)
    return lambda learner: _network(learner, widths, start)[0].forward(x)


def _parameters_of_cnn(widths: Sequence[int], start: int) -> Probe:
    def values(item: Any) -> Any:
        return tuple(map(values, item)) if isinstance(item, list | tuple) else item.value

    return lambda learner: values(_network(learner, widths, start)[0].parameters())


def _steps(
    shapes: Sequence[tuple[int, ...]], steps: int, rate: float, momentum: float, start: int = 1
) -> Probe:
    """The values after so many steps along gradients that change from step to step."""

    def probe(learner: Any) -> Any:
        parameters = [
            learner.Parameter(numbers(*shape, start=start + k)) for k, shape in enumerate(shapes)
        ]
        optimizer = learner.SGD(parameters, rate, momentum)
        values = []
        for step in range(steps):
            # Two steps with the same gradient, then a new one: who empties it is found out.
            if step % 2 == 0:
                for k, (parameter, shape) in enumerate(zip(parameters, shapes, strict=True)):
                    parameter.grad = numbers(*shape, start=start + 6 + 3 * k + step)
            optimizer.step()
            values += [_now(parameter.value) for parameter in parameters]
        return tuple(values)

    return probe


def _epoch(images: int, batch_size: int, momentum: float, seed: int, start: int) -> Probe:
    """The loss of one epoch, and what the network has become."""

    def probe(learner: Any) -> Any:
        dense = _set_up(learner.Dense(4, 3, rng=learner.default_rng(0)), start)
        for parameter in (dense.weights, dense.bias):
            parameter.value = numbers(*np.shape(parameter.value), start=start) / 8
        network = learner.CNN([learner.Flatten(), dense])
        optimizer = learner.SGD([dense.weights, dense.bias], 0.25, momentum)
        x = numbers(images, 1, 2, 2, start=start) / 4
        labels = np.arange(images) ** 2 % 3
        rng = learner.default_rng(seed)
        loss = learner.train_epoch(network, optimizer, x, labels, batch_size, rng)
        # A last gradient of nothing but zeros says when they were zeroed.
        left = bool(np.any(dense.weights.grad))
        return loss, dense.weights.value, dense.bias.value, left

    return probe


def _first_weights(exercise: str) -> tuple[Probe, ...]:
    """Weights drawn for shapes in which the fans, and the kernel, can be told apart."""

    def drawing(shape: tuple[int, ...], seed: int) -> Probe:
        return lambda learner: getattr(learner, exercise)(shape, learner.default_rng(seed))

    shapes = ((2, 5), (5, 2), (3, 2, 2, 3), (2, 3, 3, 1))
    return tuple(drawing(shape, seed) for seed, shape in enumerate(shapes, 3))


def _batch_norm(learner: Any, channels: int, start: int) -> Any:
    layer = learner.BatchNorm2D(channels, epsilon=0.5, momentum=0.25)
    for offset, parameter in enumerate((layer.gamma, layer.beta)):
        parameter.value = numbers(channels, start=start + offset)
        parameter.grad = numbers(channels, start=start + offset + 5)
    layer.running_mean = numbers(channels, start=start + 7)
    layer.running_variance = numbers(channels, start=start + 2) ** 2 + 0.25
    return layer


def _normalising(*xs: np.ndarray, training: bool = True, start: int = 3) -> Probe:
    """Both passes, then the gradients and what the layer has kept as running estimates."""

    def probe(learner: Any) -> Any:
        layer = _batch_norm(learner, xs[0].shape[1], start)
        layer.training = training
        answers = _there_and_back(layer, *xs)
        kept = layer.running_mean, layer.running_variance
        return (*answers, layer.gamma.grad, layer.beta.grad, *kept)

    return probe


def _dropping(rate: float, *xs: np.ndarray, training: bool = True, seed: int = 1) -> Probe:
    def probe(learner: Any) -> Any:
        layer = learner.Dropout(rate, rng=learner.default_rng(seed))
        layer.training = training
        return _there_and_back(layer, *xs)

    return probe


def _residual_block(learner: Any, channels: int, start: int) -> tuple[Any, tuple[Any, Any]]:
    """A block, and its two convolutions by themselves."""
    block = learner.ResidualBlock(channels, rng=learner.default_rng(0))
    convolutions = block.first, block.second
    for k, convolution in enumerate(convolutions):
        _set_up(convolution, start + 4 * k)
        convolution.weights.value = numbers(channels, channels, 3, 3, start=start + k) / 8
    return block, convolutions


def _block(channels: int, *xs: np.ndarray, start: int = 3) -> Probe:
    def probe(learner: Any) -> Any:
        block, convolutions = _residual_block(learner, channels, start)
        answers = _there_and_back(block, *xs)
        return (*answers, *(part.grad for c in convolutions for part in (c.weights, c.bias)))

    return probe


def _shifting(shape: tuple[int, ...], down: Sequence[int], across: Sequence[int]) -> Probe:
    # Numbers far from 0: what came in must differ from what was there.
    return asking("shift_images", numbers(*shape) + 10, np.array(down), np.array(across))


def _going_further() -> dict[str, tuple[Probe, ...]]:
    batches = (
        numbers(2, 2, 2, 3),
        numbers(3, 1, 2, 2, start=4),
        numbers(2, 3, 1, 3, start=9),
        numbers(2, 2, 3, 2, start=6),
    )
    pictures = (numbers(1, 2, 4, 6), numbers(2, 2, 5, 4, start=9), numbers(2, 1, 7, 7, start=4))
    return {
        "he_initialization": _first_weights("he_initialization"),
        "xavier_initialization": _first_weights("xavier_initialization"),
        "BatchNorm2D": (
            _normalising(batches[0], start=6),
            _normalising(batches[1], start=3),
            _normalising(batches[0], batches[3], start=5),
            _normalising(batches[2], training=False, start=6),
            _normalising(batches[3], training=False, start=8),
        ),
        "AvgPool2D": (
            _plain("AvgPool2D", pictures[0]),
            _plain("AvgPool2D", pictures[1], arguments=(2, 1)),
            _plain("AvgPool2D", pictures[1], arguments=(3, 1)),
            _plain("AvgPool2D", pictures[2], arguments=(3, 2)),
            _plain("AvgPool2D", pictures[2], arguments=(4, 3)),
        ),
        "Dropout": (
            _dropping(0.25, numbers(3, 4)),
            _dropping(0.75, numbers(2, 2, 3, start=5), seed=2),
            _dropping(0.25, numbers(4, 3, start=3), numbers(2, 5), seed=3),
            _dropping(0.25, numbers(2, 4, start=8), training=False),
            _dropping(0.75, numbers(2, 4, start=2), training=False, seed=4),
        ),
        "shift_images": (
            _shifting((3, 1, 3, 4), (1, 0, 2), (0, 1, 1)),
            _shifting((3, 2, 4, 3), (-1, 2, 0), (1, -1, -2)),
            _shifting((4, 1, 2, 3), (2, -3, 0, 1), (0, 0, 4, -5)),
            _shifting((3, 1, 3, 3), (-3, 1, 5), (1, 3, 0)),
            _shifting((2, 2, 2, 3), (1, 0), (1, -5)),
        ),
        "ResidualBlock": (
            _block(1, numbers(1, 1, 3, 4)),
            _block(2, numbers(2, 2, 3, 3, start=4), start=6),
            _block(2, numbers(1, 2, 4, 2, start=8), numbers(2, 2, 2, 3, start=2), start=9),
        ),
        "conv2d_forward_fast": _convolutions("conv2d_forward_fast"),
    }


PROBES: dict[str, tuple[Probe, ...]] = {
    "output_size": (
        asking_often("output_size", (5, 3), (7, 2), (4, 4), (9, 1)),
        asking_often("output_size", (7, 3, 2), (8, 3, 2), (10, 2, 3), (6, 5, 4)),
        asking_often("output_size", (5, 3, 1, 1), (4, 2, 1, 2), (3, 3, 1, 3)),
        asking_often("output_size", (7, 3, 2, 1), (8, 3, 2, 1), (9, 4, 3, 2), (5, 5, 3, 1)),
        asking_often("output_size", (11, 2, 4, 1), (28, 3, 2, 1), (32, 5, 3, 2)),
    ),
    "conv2d_forward_naive": _convolutions("conv2d_forward_naive"),
    "im2col": _unfoldings("im2col"),
    "conv2d_forward": _convolutions("conv2d_forward"),
    "numerical_gradient": _numerical_gradients(),
    "col2im": _foldings(),
    "conv2d_backward": _convolutions_backward(),
    "maxpool2d_forward": _poolings(),
    "maxpool2d_backward": _poolings_backward(),
    **_layers(),
    **_losses(),
    **_layer_classes(),
    "CNN": (
        _passes_of_cnn((2, 3), 1, 1),
        _passes_of_cnn((2, 3, 2), 2, 2),
        _passes_of_cnn((2, 2, 2), 3, 5),
        _passes_of_cnn((3, 3, 3, 3), 2, 3),
        _forward_of_cnn((2, 3, 2), 2, 4),
        _forward_of_cnn((3, 2, 2, 1), 2, 6),
        _parameters_of_cnn((2, 3, 2), 1),
        _parameters_of_cnn((3, 2, 2, 1), 4),
        _two_passes_of_cnn((2, 2, 2), 2, 1),
        _two_passes_of_cnn((3, 3, 3, 3), 1, 4),
    ),
    "SGD": (
        _steps([(2, 3)], 2, 0.25, 0.0),
        _steps([(3,)], 3, 0.5, 0.5, start=4),
        _steps([(2, 2), (2, 2)], 3, 0.25, 0.5),
        _steps([(3,), (3,)], 4, 0.5, 0.75, start=7),
    ),
    "train_epoch": (
        _epoch(4, 4, 0.0, 1, 1),
        _epoch(5, 2, 0.0, 2, 5),
        _epoch(6, 2, 0.5, 3, 2),
        _epoch(7, 3, 0.5, 4, 6),
    ),
    **_going_further(),
}


def _forward_passes() -> dict[str, tuple[Probe, ...]]:
    def normalising(size: int, start: int) -> Probe:
        # As many images as channels, rows and columns: statistics of any shape go together.
        x = numbers(size, size, size, size, start=start)
        return _forward(lambda learner: _batch_norm(learner, size, start), x)

    def block(channels: int, x: np.ndarray, start: int) -> Probe:
        return _forward(lambda learner: _residual_block(learner, channels, start)[0], x)

    def layer(name: str, sizes: Sequence[int], x: np.ndarray, start: int) -> Probe:
        def make(learner: Any) -> Any:
            return _set_up(getattr(learner, name)(*sizes, rng=learner.default_rng(0)), start)

        return _forward(make, x)

    def pooling(name: str, sizes: Sequence[int], x: np.ndarray) -> Probe:
        return _forward(lambda learner: getattr(learner, name)(*sizes), x)

    pictures = (numbers(1, 2, 6, 7), numbers(2, 2, 7, 5, start=9), numbers(2, 1, 7, 7, start=4))
    pools = ((2, 1), (3, 2), (3, 1), (2, 3))
    return {
        "Conv2D": (
            layer("Conv2D", (2, 1, 3), numbers(2, 2, 4, 5, start=2), 6),
            layer("Conv2D", (2, 2, 2, 2, 1), numbers(1, 2, 4, 6), 3),
            layer("Conv2D", (1, 2, 3, 2, 1), numbers(2, 1, 5, 7, start=8), 2),
            layer("Conv2D", (1, 2, 3, 1, 1), numbers(2, 1, 3, 3, start=8), 4),
            layer("Conv2D", (1, 2, 2, 2), numbers(2, 1, 4, 4, start=8), 4),
        ),
        "MaxPool2D": tuple(pooling("MaxPool2D", pool, x) for pool in pools for x in pictures),
        "AvgPool2D": tuple(pooling("AvgPool2D", pool, x) for pool in pools for x in pictures),
        "BatchNorm2D": (normalising(2, 3), normalising(3, 6), normalising(2, 8)),
        "ResidualBlock": (
            block(1, numbers(1, 1, 3, 4), 3),
            block(2, numbers(2, 2, 3, 3, start=4), 6),
            block(2, numbers(1, 2, 4, 2, start=8), 9),
        ),
    }


# What is asked besides, where the forward pass is enough to see a mistake: its backward pass, or
# what else it keeps, may then be written in many ways.
FORWARD: dict[str, tuple[Probe, ...]] = _forward_passes()
