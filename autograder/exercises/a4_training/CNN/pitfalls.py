"""Known mistakes in CNN: the right network, with one thing changed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy import ndarray

from autograder.checking import load_reference

if TYPE_CHECKING:
    from a4_training.network import CNN as _CNN
    from a4_training.network import Parameter as _Parameter
else:
    _CNN = load_reference(Path(__file__)).CNN
    _Parameter = load_reference(Path(__file__)).Parameter


class BackwardNotReversed(_CNN):
    """Its backward pass goes through the layers from the first to the last. The gradient comes \
from the loss, and the last layer stands next to it."""

    def backward(self, d_out: ndarray) -> ndarray:
        for layer in self.layers:
            d_out = layer.backward(d_out)
        return d_out


class SameGradientForEveryLayer(_CNN):
    """It gives every layer the gradient of the network's output. Each layer gets what the \
layer above it hands down."""

    def backward(self, d_out: ndarray) -> ndarray:
        for layer in reversed(self.layers):
            d_x = layer.backward(d_out)
        return d_x


class SameInputForEveryLayer(_CNN):
    """It shows every layer the network's input. Each layer gets what the layer before it made \
of it."""

    def forward(self, x: ndarray) -> ndarray:
        for layer in self.layers:
            out = layer.forward(x)
        return out


class LastLayerLeftOut(_CNN):
    """Its forward pass stops before the last layer. The scores are what the last layer gives."""

    def forward(self, x: ndarray) -> ndarray:
        for layer in self.layers[:-1]:
            x = layer.forward(x)
        return x


class FirstLayerLeftOutOfBackward(_CNN):
    """Its backward pass stops before the first layer, which then never learns. The gradient \
goes through all layers that the input went through."""

    def backward(self, d_out: ndarray) -> ndarray:
        for layer in reversed(self.layers[1:]):
            d_out = layer.backward(d_out)
        return d_out


class LastLayerLeftOutOfBackward(_CNN):
    """Its backward pass starts below the last layer, which then never learns. The gradient \
goes through all layers that the input went through."""

    def backward(self, d_out: ndarray) -> ndarray:
        for layer in reversed(self.layers[:-1]):
            d_out = layer.backward(d_out)
        return d_out


class BackwardReturnsNothing(_CNN):
    """Its backward pass returns nothing. A network is a layer too, and returns the gradient of \
its input."""

    def backward(self, d_out: ndarray) -> Any:
        super().backward(d_out)


class ParametersOfTheFirstLayer(_CNN):
    """It lists the parameters of one layer: the first that has any. All layers are trained."""

    def parameters(self) -> list[_Parameter]:
        return next((p for layer in self.layers if (p := layer.parameters())), [])


class ParametersOfTheLastLayer(_CNN):
    """It lists the parameters of the last layer only: each layer's list overwrites the one \
before. All layers are trained, so their lists are joined."""

    def parameters(self) -> list[_Parameter]:
        return self.layers[-1].parameters()


class ParametersInListsOfLists(_CNN):
    """It returns a list of lists, one for each layer. The optimizer wants one list of all \
parameters: join them."""

    def parameters(self) -> Any:
        return [layer.parameters() for layer in self.layers]


class ParametersFromTheLastLayer(_CNN):
    """It lists the parameters from the last layer to the first. They go from the first layer \
to the last; only the backward pass runs the other way."""

    def parameters(self) -> list[_Parameter]:
        return [p for layer in reversed(self.layers) for p in layer.parameters()]


class WeightsAndBiasOfEachLayer(_CNN):
    """It takes the parameters of some kinds of layers only, and misses those of others. Ask each \
layer for its parameters(): a network can be a layer too."""

    def parameters(self) -> list[_Parameter]:
        own: list[Any] = [layer for layer in self.layers if hasattr(layer, "weights")]
        return [parameter for layer in own for parameter in (layer.weights, layer.bias)]


class NoParameters(_CNN):
    """It lists no parameters, so there is nothing to train. Each layer lists its own: join the \
lists of all layers."""

    def parameters(self) -> list[_Parameter]:
        return []


class LayersReversedInPlace(_CNN):
    """Its backward pass turns the network's own list of layers round, and the next forward pass \
runs from the last layer to the first. Go through the list backwards and leave it as it is."""

    def backward(self, d_out: ndarray) -> ndarray:
        self.layers.reverse()
        for layer in self.layers:
            d_out = layer.backward(d_out)
        return d_out
