# ruff: noqa: E501  (one solution on each line)
"""Wrong solutions of a3 and a4: the exercise, what is wrong, and the change of the right code."""

from support.changed_solutions import Variant, layer

# fmt: off
WRONG: list[Variant] = [
    # maxpool2d_forward
    ("maxpool2d_forward", "the first in its column wins", ("u, v = divmod(number, pool_size)", "v, u = divmod(number, pool_size)")),
    ("maxpool2d_forward", "row relative to the window", ("np.arange(out_height)[:, None] * stride + row", "row")),
    ("maxpool2d_forward", "column relative to the window", ("np.arange(out_width) * stride + (place", "(place")),
    ("maxpool2d_forward", "indices without stride", ("np.arange(out_width) * stride", "np.arange(out_width)")),
    ("maxpool2d_forward", "indices by pool_size", ("np.arange(out_width) * stride", "np.arange(out_width) * pool_size")),
    ("maxpool2d_forward", "row indices by pool_size", ("[:, None] * stride", "[:, None] * pool_size")),
    ("maxpool2d_forward", "quotient and remainder swapped", ("place // pool_size", "place % pool_size")),
    ("maxpool2d_forward", "pool_size hard-coded", ("    height, width = x", "    pool_size = 2\n    height, width = x")),
    ("maxpool2d_forward", "height and width swapped", ("height, width = x", "width, height = x")),
    ("maxpool2d_forward", "width from height", ("out_width = (width", "out_width = (height")),
    ("maxpool2d_forward", "minimum", ("np.maximum(out, rival", "np.minimum(out, rival")),
    ("maxpool2d_forward", "truncated to integers", ("return out, max_indices", "return out.astype(int), max_indices")),
    ("maxpool2d_forward", "maximum over channels", ("return out, max_indices", "return np.broadcast_to(out.max(1, keepdims=True), out.shape), max_indices")),
    ("maxpool2d_forward", "first image for all", ("return out, max_indices", "return out[[0] * len(x)], max_indices")),
    ("maxpool2d_forward", "indices of the first channel", ("return out, max_indices", "return out, max_indices[:, [0] * x.shape[1]]")),
    ("maxpool2d_forward", "input changed in place", (".copy()", "")),
    ("maxpool2d_forward", "last place left out", ("return out, max_indices", "return out[..., :-1], max_indices[..., :-1, :]")),
    # maxpool2d_backward
    ("maxpool2d_backward", "width for height", ("(plane * height +", "(plane * width +")),
    ("maxpool2d_backward", "height for width", (") * width +", ") * height +")),
    ("maxpool2d_backward", "magnitude only", ("d_out.ravel())", "np.abs(d_out).ravel())")),
    ("maxpool2d_backward", "truncated to integers", ("d_out.ravel())", "d_out.astype(int).ravel())")),
    ("maxpool2d_backward", "channels mixed", ("plane = np", "plane = 0 * np")),
    ("maxpool2d_backward", "images mixed", ("(images, channels, 1, 1)\n", "(images, channels, 1, 1) % channels\n")),
    ("maxpool2d_backward", "images outermost last", (".reshape(x_shape)", ".reshape(x_shape, order='F')")),
    # relu_forward
    ("relu_forward", "capped at 6", ("np.maximum(x, 0)", "np.clip(x, 0, 6)")),
    ("relu_forward", "in place", ("np.maximum(x, 0)", "np.maximum(x, 0, out=x)")),
    ("relu_forward", "truncated", ("np.maximum(x, 0)", "np.maximum(x, 0).astype(int)")),
    ("relu_forward", "flattened", ("np.maximum(x, 0)", "np.maximum(x, 0).ravel()")),
    ("relu_forward", "largest number", ("np.maximum(x, 0)", "np.max(x, 0)")),
    # relu_backward
    ("relu_backward", "half at zero", ("(x > 0)", "((x > 0) + 0.5 * (x == 0))")),
    ("relu_backward", "sign of x", ("(x > 0)", "np.sign(x)")),
    ("relu_backward", "relu of the gradient", ("(x > 0) * d_out", "(x > 0) * np.maximum(d_out, 0)")),
    ("relu_backward", "mask of the first row", ("(x > 0)", "(x[:1] > 0)")),
    ("relu_backward", "in place", ("return (x > 0) * d_out", "d_out[x <= 0] = 0\n    return d_out")),
    # flatten_forward
    ("flatten_forward", "images mixed", ("return x.reshape", "return x.transpose(1, 2, 3, 0).reshape")),
    ("flatten_forward", "first channel only", ("return x.reshape(images, channels *", "return x[:, 0].reshape(images,")),
    # flatten_backward
    ("flatten_backward", "column-major", ("return d_out.reshape(x_shape)", "return d_out.reshape(x_shape, order='F')")),
    # dense_forward
    ("dense_forward", "bias by image", ("x @ weights + bias", "x @ weights + np.resize(bias, (len(x), 1))")),
    ("dense_forward", "truncated", ("return x @ weights", "return x.astype(int) @ weights")),
    # dense_backward
    ("dense_backward", "weights not transposed", ("weights.T", "weights.reshape(-1, len(weights)).reshape(weights.shape[::-1])")),
    ("dense_backward", "bias in one number", ("d_out.sum(axis=0)", "d_out.sum()")),
    ("dense_backward", "upstream ignored", ("return d_out @ weights.T", "return np.ones_like(d_out) @ weights.T")),
    ("dense_backward", "weights before x", ("d_out @ weights.T, x.T @ d_out", "x.T @ d_out, d_out @ weights.T")),
    ("dense_backward", "bias gradient of ones", ("d_out.sum(axis=0)", "np.ones(len(weights[0]))")),
    # softmax
    ("softmax", "over everything", ("/ exponentials.sum(axis=1, keepdims=True)", "/ exponentials.sum()")),
    ("softmax", "smallest of the row", ("logits.max(axis=1, keepdims=True)", "logits.min(axis=1, keepdims=True)")),
    ("softmax", "clipped scores", ("np.exp(logits - logits.max(axis=1, keepdims=True))", "np.exp(np.clip(logits, -500, 500))")),
    ("softmax", "in place", ("    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))", "    logits -= logits.max(axis=1, keepdims=True)\n    exponentials = np.exp(logits)")),
    ("softmax", "base 2", ("np.exp(", "np.exp2(")),
    ("softmax", "logarithms", ("return exponentials /", "return np.log(exponentials) -")),
    ("softmax", "something added below", ("keepdims=True)\n    ###", "keepdims=True) + 1e-3\n    ###")),
    # cross_entropy
    ("cross_entropy", "held above 1/50", ("smallest = np.finfo(probabilities.dtype).tiny", "smallest = 0.02")),
    ("cross_entropy", "label of the first", ("[np.arange(len(labels)), labels]", "[:, labels[0]]")),
    ("cross_entropy", "nan from 0 * log 0", "def cross_entropy(probabilities, labels):\n    one_hot = np.eye(probabilities.shape[1])[labels]\n    return float(-np.sum(one_hot * np.log(probabilities)) / len(labels))\n"),
    ("cross_entropy", "zeros skipped", "def cross_entropy(probabilities, labels):\n    p = probabilities[np.arange(len(labels)), labels]\n    return float(-np.sum(np.log(p[p > 0])) / len(labels))\n"),
    # softmax_cross_entropy_backward
    ("softmax_cross_entropy_backward", "in place", ("probabilities.copy()", "probabilities")),
    ("softmax_cross_entropy_backward", "1 added", ("labels] -= 1", "labels] += 1")),
    ("softmax_cross_entropy_backward", "1 from the whole row", ("d_logits[np.arange(len(labels)), labels]", "d_logits")),
    ("softmax_cross_entropy_backward", "divided before the difference", ("probabilities.copy()", "probabilities / len(labels) / 1.0")),
    # Conv2D
    ("Conv2D", "= for += of weights", ("self.weights.grad += d_weights", "self.weights.grad = d_weights")),
    ("Conv2D", "= for += of bias", ("self.bias.grad += d_bias", "self.bias.grad = d_bias")),
    ("Conv2D", "gradients subtracted", ("grad += d_weights", "grad -= d_weights")),
    ("Conv2D", "no padding back", ("self.cols, self.stride, self.padding", "self.cols, self.stride, 0")),
    ("Conv2D", "no stride back", ("self.cols, self.stride, self.padding", "self.cols, 1, self.padding")),
    ("Conv2D", "stride and padding swapped", ("value, self.stride, self.padding\n", "value, self.padding or 1, self.stride\n")),
    ("Conv2D", "out and cols", layer("Conv2D", "out = super().forward(x)\n        return out, self.cols", "return super().backward(d_out)")),
    ("Conv2D", "all three returned", layer("Conv2D", "return super().forward(x)", "return super().backward(d_out), self.weights.grad, self.bias.grad")),
    ("Conv2D", "nothing returned", layer("Conv2D", "return super().forward(x)", "super().backward(d_out)")),
    ("Conv2D", "first input kept", layer("Conv2D", "out = super().forward(x)\n        self.kept = getattr(self, 'kept', (self.x, self.cols))\n        self.x, self.cols = self.kept\n        return out", "return super().backward(d_out)")),
    ("Conv2D", "input kept in the class", layer("Conv2D", "out = super().forward(x)\n        Conv2D.x, Conv2D.cols = self.__dict__.pop('x'), self.__dict__.pop('cols')\n        return out", "return super().backward(d_out)")),
    ("Conv2D", "weights of the first forward", layer("Conv2D", "self.old = getattr(self, 'old', np.ones_like(self.weights.value))\n        self.x = x\n        out, self.cols = conv2d_forward(x, self.old, self.bias.value, self.stride, self.padding)\n        return out", "return super().backward(d_out)")),
    ("Conv2D", "divided by the batch and more", layer("Conv2D", "return super().forward(x)", "return super().backward(d_out / (1 + len(d_out)))")),
    # ReLU
    ("ReLU", "nothing returned", ("return relu_backward(", "relu_backward(")),
    ("ReLU", "input kept in the class", layer("ReLU", "ReLU.x = x\n        return relu_forward(x)", "return relu_backward(d_out, self.x)")),
    # MaxPool2D
    ("MaxPool2D", "pool_size is stride", ("(x, self.pool_size, self.stride)", "(x, self.stride, self.stride)")),
    ("MaxPool2D", "shape of out", ("self.x_shape = x.shape\n        out, self.max_indices = maxpool2d_forward(x, self.pool_size, self.stride)\n", "out, self.max_indices = maxpool2d_forward(x, self.pool_size, self.stride)\n        self.x_shape = (*x.shape[:2], *(self.stride * k for k in out.shape[2:]))\n")),
    ("MaxPool2D", "out and indices", ('return out\n        ### END SOLUTION\n\n    def backward(self, d_out: np.ndarray) -> np.ndarray:\n        """Return d_x, shape (N, C, H, W): the', 'return out, self.max_indices\n        ### END SOLUTION\n\n    def backward(self, d_out: np.ndarray) -> np.ndarray:\n        """Return d_x, shape (N, C, H, W): the')),
    ("MaxPool2D", "kept in the class", layer("MaxPool2D", "out = super().forward(x)\n        MaxPool2D.x_shape, MaxPool2D.max_indices = self.__dict__.pop('x_shape'), self.__dict__.pop('max_indices')\n        return out", "return super().backward(d_out)")),
    ("MaxPool2D", "nothing returned", ("return maxpool2d_backward(", "maxpool2d_backward(")),
    # Flatten
    ("Flatten", "first shape kept", layer("Flatten", "self.x_shape = getattr(self, 'x_shape', x.shape)\n        return flatten_forward(x)", "return flatten_backward(d_out, self.x_shape)")),
    ("Flatten", "shape kept in the class", layer("Flatten", "Flatten.x_shape = x.shape\n        return flatten_forward(x)", "return flatten_backward(d_out, self.x_shape)")),
    # Dense
    ("Dense", "= for += of weights", layer("Dense", "return super().forward(x)", "self.weights.grad = np.zeros_like(self.weights.value)\n        return super().backward(d_out)")),
    ("Dense", "= for += of bias", layer("Dense", "return super().forward(x)", "self.bias.grad = np.zeros_like(self.bias.value)\n        return super().backward(d_out)")),
    ("Dense", "nothing returned", layer("Dense", "return super().forward(x)", "super().backward(d_out)")),
    ("Dense", "first input kept", layer("Dense", "out = super().forward(x)\n        self.first = getattr(self, 'first', x)\n        self.x = self.first[[0] * len(x)]\n        return out", "return super().backward(d_out)")),
    ("Dense", "input kept in the class", layer("Dense", "Dense.x = x\n        return dense_forward(x, self.weights.value, self.bias.value)", "return super().backward(d_out)")),
    ("Dense", "all three returned", layer("Dense", "return super().forward(x)", "return super().backward(d_out), self.weights.grad, self.bias.grad")),
    # CNN
    ("CNN", "parameters of Conv2D and Dense only", ("for layer in self.layers for parameter in", "for layer in self.layers if isinstance(layer, (Conv2D, Dense)) for parameter in")),
    ("CNN", "copies of the parameters", ("[parameter for layer in", "[Parameter(parameter.value.copy()) for layer in")),
    ("CNN", "values, not parameters", ("[parameter for layer in", "[parameter.value for layer in")),
    ("CNN", "bias before weights", ("in layer.parameters()]", "in layer.parameters()[::-1]]")),
    ("CNN", "forward from the last layer", ("for layer in self.layers:\n            x =", "for layer in self.layers[::-1]:\n            x =")),
    # SGD
    ("SGD", "velocity never decays", ("velocity *= self.momentum", "pass")),
    ("SGD", "learning rate twice", ("velocity -= self.learning_rate", "velocity -= self.learning_rate**2")),
    ("SGD", "learning rate fixed", ("velocity -= self.learning_rate", "velocity -= 0.1")),
    ("SGD", "learning rate of the start", ("velocity -= self.learning_rate *", "self.rate = getattr(self, 'rate', self.learning_rate)\n            velocity -= self.rate *")),
    ("SGD", "gradients scaled", ("parameter.value += velocity", "parameter.value += velocity\n            parameter.grad *= self.learning_rate")),
    ("SGD", "value replaced", ("parameter.value += velocity", "parameter.value = velocity.copy()")),
    ("SGD", "sign of the gradient", ("* parameter.grad", "* np.sign(parameter.grad)")),
    ("SGD", "one velocity for all optimizers", "class SGD(SGD):\n    shared = {}\n    def step(self):\n        for k, p in enumerate(self.parameters):\n            v = SGD.shared.get((k, p.value.shape), 0) * self.momentum - self.learning_rate * p.grad\n            SGD.shared[k, p.value.shape] = v\n            p.value = p.value + v\n"),
    ("SGD", "momentum by shape", "class SGD(SGD):\n    def step(self):\n        v = getattr(self, 'v', 0)\n        for p in self.parameters:\n            v = np.mean(v) * self.momentum - self.learning_rate * p.grad\n            p.value = p.value + v\n        self.v = v\n"),
    # train_epoch
    ("train_epoch", "gradients zeroed after the step", "class CNN(CNN):\n    def zero_grad(self):\n        pass\nclass SGD(SGD):\n    def step(self):\n        super().step()\n        for p in self.parameters:\n            p.grad = 0 * p.grad\n"),
    ("train_epoch", "shuffled by a new generator", ("rng.permutation", "np.random.default_rng(0).permutation")),
    ("train_epoch", "shuffled twice", ("order = rng", "rng.permutation(len(images))\n    order = rng")),
    ("train_epoch", "drawn with replacement", ("rng.permutation(len(images))", "rng.integers(0, len(images), len(images))")),
    ("train_epoch", "mean of batch means", ("total / len(images)", "total / len(range(0, len(images), batch_size)) / batch_size")),
    ("train_epoch", "loss of the last batch", ("total += cross_entropy", "total = cross_entropy")),
    ("train_epoch", "nothing returned", ("return total / len(images)", "total / len(images)")),
    ("train_epoch", "loss after the step", ("    return total / len(images)", "    return cross_entropy(softmax(model.forward(images)), labels)")),
    ("train_epoch", "two steps", ("optimizer.step()", "optimizer.step()\n        optimizer.step()")),
    ("train_epoch", "uphill", ("model.backward(softmax", "model.backward(-softmax")),
    ("train_epoch", "backward from the probabilities", ("model.backward(softmax_cross_entropy_backward(probabilities, labels[batch]))", "model.backward(probabilities / len(batch))")),
    ("train_epoch", "batch_size ignored", ("    total = 0.0\n", "    total = 0.0\n    batch_size = len(images)\n")),
    ("train_epoch", "one image at a time", ("    total = 0.0\n", "    total = 0.0\n    batch_size = 1\n")),
    ("train_epoch", "one image skipped at each start", ("order[start : start + batch_size]", "order[start : start + max(1, batch_size - 1)]")),
    ("train_epoch", "no softmax", ("probabilities = softmax(model.forward(images[batch]))", "probabilities = np.abs(model.forward(images[batch]))")),
]
# fmt: on
