"""CNN: layers one after another."""

import numpy as np

from autograder.checking import agree, right_on_grid, unpack


def dense(learner, weight, bias):
    """A layer with one input and one output: weight * x + bias."""
    layer = learner.Dense(1, 1, rng=learner.default_rng(0))
    layer.weights.value = np.array([[weight]])
    layer.bias.value = np.array([bias])
    return layer


def test_forward(learner):
    """The output of each layer is the input of the next, from the first to the last."""
    model = learner.CNN([dense(learner, 2.0, 1.0), learner.ReLU(), dense(learner, -3.0, 0.5)])
    out = model.forward(np.array([[1.5], [-4.0]]))
    agree(out, [[-3 * (2 * 1.5 + 1) + 0.5], [-3 * 0 + 0.5]], "out")
    # Without a ReLU in the list, negative numbers go on to the next layer.
    linear = learner.CNN([dense(learner, 2.0, 1.0), dense(learner, -3.0, 0.5)])
    out = linear.forward(np.array([[-4.0]]))
    agree(out, [[-3 * (2 * -4.0 + 1) + 0.5]], "out of two Dense layers")


def test_parameters(learner):
    """The parameters of all layers come in one list, first layer first, weights before bias."""
    first, last = dense(learner, 2.0, 1.0), dense(learner, -3.0, 0.5)
    model = learner.CNN([first, learner.ReLU(), last])
    names = "weights 1", "bias 1", "weights 2", "bias 2"
    values = [[2.0]], [1.0], [[-3.0]], [0.5]
    parameters = unpack(model.parameters(), *names)
    found = [np.asarray(parameter.value).tolist() for parameter in parameters]
    other_order = found != list(values) and sorted(map(str, found)) == sorted(map(str, values))
    assert not other_order, (
        "the parameters are all there, in another order: a layer's weights and bias stand "
        "together, and the first layer's come first; a set has no order"
    )
    for parameter, value, name in zip(parameters, values, names, strict=True):
        agree(parameter.value, value, f"the value of {name}")
    parameters[0].value = np.array([[7.0]])
    own = first.weights.value
    agree(own, [[7.0]], "the first layer's own weights, set through parameters()[0]")


def test_backward(learner):
    """Backward goes from the last layer to the first, and returns d_x."""
    first, last = dense(learner, 2.0, 1.0), dense(learner, -3.0, 0.5)
    model = learner.CNN([first, learner.ReLU(), last])
    model.forward(np.array([[1.5], [-4.0]]))  # the second image is negative before the ReLU
    d_x = model.backward(np.array([[10.0], [100.0]]))
    agree(d_x, [[10 * -3.0 * 2.0], [0]], "d_x")
    agree(last.weights.grad, [[10 * (2 * 1.5 + 1) + 100 * 0.0]], "grad of the last weights")
    agree(last.bias.grad, [10 + 100.0], "grad of the last bias")
    agree(first.weights.grad, [[10 * -3.0 * 1.5]], "grad of the first weights")
    agree(first.bias.grad, [10 * -3.0], "grad of the first bias")


def test_network_in_a_network(learner):
    """A network can be a layer of another: forward, backward and parameters reach inside."""
    inner = learner.CNN([dense(learner, 2.0, 1.0), learner.ReLU()])
    model = learner.CNN([inner, dense(learner, -3.0, 0.5)])
    agree(model.forward(np.array([[1.5]])), [[-3 * (2 * 1.5 + 1) + 0.5]], "out")
    agree(model.backward(np.array([[10.0]])), [[10 * -3.0 * 2.0]], "d_x")
    parameters = unpack(model.parameters(), "weights 1", "bias 1", "weights 2", "bias 2")
    for parameter, value in zip(parameters, ([[2.0]], [1.0], [[-3.0]], [0.5]), strict=True):
        agree(parameter.value, value, "value")


def test_zero_grad(learner):
    """Zero_grad reaches the parameters of every layer, so that gradients start from zero."""
    first, last = dense(learner, 2.0, 1.0), dense(learner, -3.0, 0.5)
    model = learner.CNN([first, last])
    for _ in range(2):
        model.zero_grad()
        model.forward(np.array([[1.5]]))
        model.backward(np.array([[10.0]]))
    agree(last.weights.grad, [[10 * (2 * 1.5 + 1)]], "grad of the last weights")
    agree(first.weights.grad, [[10 * -3.0 * 1.5]], "grad of the first weights")


def test_gradients_add_up(learner):
    """Forward leaves the gradients as they are; without zero_grad two passes add up."""
    layer = dense(learner, 2.0, 1.0)
    model = learner.CNN([layer])
    for x in (1.5, 4.0):
        agree(model.forward(np.array([[x]])), [[2 * x + 1]], "out")
        agree(model.backward(np.array([[10.0]])), [[10 * 2.0]], "d_x")
    agree(layer.weights.grad, [[10 * 1.5 + 10 * 4.0]], "weights.grad")
    agree(layer.bias.grad, [10 + 10.0], "bias.grad")


def test_every_kind_of_call(learner):
    """Output and all gradients are right for networks of every depth."""
    right_on_grid(learner, __file__)
