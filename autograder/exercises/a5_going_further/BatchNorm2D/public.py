"""BatchNorm2D: each channel normalised over the batch and all places."""

import numpy as np

from autograder.checking import agree, right_on_grid

# Two images of one row and two columns, in two channels. With epsilon 4 both roots are integers:
# channel 0: 1, 3 and 5, 7: mean 4, variance (9 + 1 + 1 + 9) / 4 = 5, sqrt(5 + 4) = 3
# channel 1: 10, 10 and 18, 10: mean 12, variance (4 + 4 + 36 + 4) / 4 = 12, sqrt(12 + 4) = 4
X = np.array([[[[1.0, 3.0]], [[10.0, 10.0]]], [[[5.0, 7.0]], [[18.0, 10.0]]]])
X_HAT = np.array([[[[-3 / 3, -1 / 3]], [[-2 / 4, -2 / 4]]], [[[1 / 3, 3 / 3]], [[6 / 4, -2 / 4]]]])
# An upstream gradient of 1 at the first pixel of image 0, and of 2 at that of image 1.
D_OUT = np.array([[[[1.0, 0.0]], [[0.0, 0.0]]], [[[0.0, 0.0]], [[2.0, 0.0]]]])


def layer_of(learner, gamma=(1.0, 1.0), beta=(0.0, 0.0), momentum=0.25):
    layer = learner.BatchNorm2D(2, epsilon=4.0, momentum=momentum)
    layer.gamma.value = np.array(gamma)
    layer.beta.value = np.array(beta)
    return layer


def test_normalises(learner):
    """In training, each channel loses its mean and is divided by sqrt(variance + epsilon)."""
    agree(layer_of(learner).forward(X), X_HAT, "out")


def test_gamma_and_beta(learner):
    """Then each channel is multiplied by its gamma, and its beta is added."""
    out = layer_of(learner, gamma=(3.0, 2.0), beta=(10.0, -1.0)).forward(X)
    image_0 = [[[10 + 3 * -1, 10 + 3 * -1 / 3]], [[-1 + 2 * -0.5, -1 + 2 * -0.5]]]
    image_1 = [[[10 + 3 * 1 / 3, 10 + 3 * 1]], [[-1 + 2 * 1.5, -1 + 2 * -0.5]]]
    agree(out, [image_0, image_1], "out")


def test_running_estimates(learner):
    """Each forward pass in training moves the running estimates a quarter of the way."""
    layer = layer_of(learner, momentum=0.25)
    layer.forward(X)
    mean_1 = np.array([0.75 * 0 + 0.25 * 4, 0.75 * 0 + 0.25 * 12])
    variance_1 = np.array([0.75 * 1 + 0.25 * 5, 0.75 * 1 + 0.25 * 12])
    agree(layer.running_mean, mean_1, "running_mean after one pass")
    agree(layer.running_variance, variance_1, "running_variance after one pass")
    layer.forward(X)
    agree(layer.running_mean, 0.75 * mean_1 + 0.25 * np.array([4, 12]), "running_mean after two")
    variance_2 = 0.75 * variance_1 + 0.25 * np.array([5, 12])
    agree(layer.running_variance, variance_2, "running_variance after two")


def test_inference(learner):
    """With training False, the running estimates are used instead, and stay as they are."""
    layer = layer_of(learner, gamma=(3.0, 1.0), beta=(0.0, 5.0))
    layer.running_mean = np.array([2.0, 8.0])
    layer.running_variance = np.array([32.0, 21.0])  # sqrt(32 + 4) = 6, sqrt(21 + 4) = 5
    layer.training = False
    one_image = X[:1]
    out = [[[[3 * (1 - 2) / 6, 3 * (3 - 2) / 6]], [[5 + (10 - 8) / 5, 5 + (10 - 8) / 5]]]]
    agree(layer.forward(one_image), out, "out")
    agree(layer.running_mean, [2.0, 8.0], "running_mean")
    agree(layer.running_variance, [32.0, 21.0], "running_variance")


def test_backward(learner):
    """In training, d_x also counts what a pixel does to mean and variance."""
    layer = layer_of(learner, gamma=(3.0, 2.0))
    layer.forward(X)
    d_x = layer.backward(D_OUT)
    # Channel 0: g = gamma * d_out = [3, 0, 0, 0]; its mean is 3/4, that of g * x_hat -3/4.
    # Channel 1: g = [0, 0, 4, 0]; its mean is 1, that of g * x_hat 1.5.
    channel_0 = [(3 - 0.75 - 1 * 0.75) / 3, (0 - 0.75 - 1 / 3 * 0.75) / 3]
    channel_0 += [(0 - 0.75 + 1 / 3 * 0.75) / 3, (0 - 0.75 + 1 * 0.75) / 3]
    channel_1 = [(0 - 1 + 0.5 * 1.5) / 4, (0 - 1 + 0.5 * 1.5) / 4]
    channel_1 += [(4 - 1 - 1.5 * 1.5) / 4, (0 - 1 + 0.5 * 1.5) / 4]
    image_0, image_1 = [[channel_0[:2]], [channel_1[:2]]], [[channel_0[2:]], [channel_1[2:]]]
    agree(d_x, [image_0, image_1], "d_x")


def test_gradients_of_gamma_and_beta(learner):
    """gamma's gradient is the sum of d_out * x_hat, beta's that of d_out; a second pass adds."""
    layer = layer_of(learner, gamma=(3.0, 2.0))
    d_gamma, d_beta = np.array([1 * -1, 2 * 1.5]), np.array([1.0, 2.0])
    for passes in (1, 2):
        layer.forward(X)
        layer.backward(D_OUT)
        agree(layer.gamma.grad, passes * d_gamma, "gamma.grad")
        agree(layer.beta.grad, passes * d_beta, "beta.grad")
    layer.zero_grad()
    layer.forward(X)
    layer.backward(D_OUT)
    agree(layer.gamma.grad, d_gamma, "gamma.grad after zero_grad")


def test_backward_in_inference(learner):
    """With training False, mean and variance are constants, so d_x is d_out times a number."""
    layer = layer_of(learner, gamma=(3.0, 2.0))
    layer.running_mean = np.array([1.0, 10.0])
    layer.running_variance = np.array([32.0, 21.0])
    layer.training = False
    layer.forward(X)
    d_x = layer.backward(D_OUT)
    agree(d_x, D_OUT * np.array([3 / 6, 2 / 5]).reshape(1, 2, 1, 1), "d_x")
    # x_hat of the two pixels that have a gradient: (1 - 1) / 6 and (18 - 10) / 5
    agree(layer.gamma.grad, [1 * 0 / 6, 2 * 8 / 5], "gamma.grad")
    agree(layer.beta.grad, [1.0, 2.0], "beta.grad")


def test_newest_input(learner):
    """Backward belongs to the newest forward pass, also of a batch of another size."""
    layer = layer_of(learner)
    layer.forward(np.array([[[[1.0, 3.0, 11.0]], [[2.0, 0.0, 5.0]]]]))
    layer.forward(X)
    layer.backward(D_OUT)
    agree(layer.gamma.grad, [1 * -1, 2 * 1.5], "gamma.grad")


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)
