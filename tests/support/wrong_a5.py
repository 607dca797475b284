# ruff: noqa: E501  (one solution on each line)
"""Wrong solutions of a5: the exercise, what is wrong, and the change of the right code."""

from support.changed_solutions import Variant, layer

BATCH_NORM_MEAN = "mean, variance = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))"
TRAINING_D_X = "return self.scale * (d_x_hat - along_ones - self.x_hat * along_x_hat)"

# fmt: off
WRONG: list[Variant] = [
    # he_initialization
    ("he_initialization", "root of 2 only", ("np.sqrt(2 / fan_in)", "np.sqrt(2) / fan_in")),
    ("he_initialization", "first axis", ("    ### BEGIN", "    fan_in = shape[0]\n    ### BEGIN")),
    ("he_initialization", "own generator", ("rng.standard_normal", "np.random.default_rng(0).standard_normal")),
    ("he_initialization", "asked twice", ("return rng.", "rng.standard_normal(shape)\n    return rng.")),
    # xavier_initialization
    ("xavier_initialization", "fan_out twice", ("(fan_in + fan_out)", "(fan_out + fan_out)")),
    ("xavier_initialization", "halved", ("rng.uniform(-limit, limit, shape)", "rng.uniform(-limit, limit, shape) / 2")),
    ("xavier_initialization", "own generator", ("rng.uniform", "np.random.default_rng(0).uniform")),
    # BatchNorm2D
    ("BatchNorm2D", "over the images only", (BATCH_NORM_MEAN, "mean, variance = x.mean(axis=0).mean((1, 2)), x.var(axis=0).mean((1, 2))")),
    ("BatchNorm2D", "over all channels", (BATCH_NORM_MEAN, "mean, variance = x.mean() + 0 * self.running_mean, x.var() + 0 * self.running_mean")),
    ("BatchNorm2D", "standard deviation for variance", ("x.var(", "x.std(")),
    ("BatchNorm2D", "epsilon outside the root", ("np.sqrt(variance + self.epsilon)", "(np.sqrt(variance) + self.epsilon)")),
    ("BatchNorm2D", "epsilon fixed", ("variance + self.epsilon", "variance + 1e-5")),
    ("BatchNorm2D", "mean not taken", ("(x - mean[:, None, None])", "x")),
    ("BatchNorm2D", "beta before gamma", ("out = self.gamma.value[:, None, None] * self.x_hat + self.beta.value[:, None, None]", "out = self.gamma.value[:, None, None] * (self.x_hat + self.beta.value[:, None, None])")),
    ("BatchNorm2D", "momentum the other way", ("keep = 1 - self.momentum", "keep, self.momentum = self.momentum, 1 - self.momentum")),
    ("BatchNorm2D", "momentum fixed", ("keep = 1 - self.momentum", "keep, self.momentum = 0.9, 0.1")),
    ("BatchNorm2D", "running variance forgotten", ("self.running_variance = keep", "_ = keep")),
    ("BatchNorm2D", "running mean forgotten", ("self.running_mean = keep", "_ = keep")),
    ("BatchNorm2D", "running standard deviation", ("self.momentum * variance", "self.momentum * np.sqrt(variance)")),
    ("BatchNorm2D", "running estimates used in training", ("        self.scale = (1", "        mean, variance = self.running_mean, self.running_variance\n        self.scale = (1")),
    ("BatchNorm2D", "estimates move in inference", ("        self.scale = (1", "            self.running_mean = 0.9 * mean + 0.1 * x.mean(axis=(0, 2, 3))\n        self.scale = (1")),
    ("BatchNorm2D", "estimates move before use in inference", ("            mean, variance = self.running_mean, self.running_variance\n", "            self.running_mean = 0.9 * self.running_mean + 0.1 * x.mean(axis=(0, 2, 3))\n            mean, variance = self.running_mean, self.running_variance\n")),
    ("BatchNorm2D", "training ignored", ("if self.training:", "if True:")),
    ("BatchNorm2D", "variance's path twice", ("- self.x_hat * along_x_hat", "- 2 * self.x_hat * along_x_hat")),
    ("BatchNorm2D", "scale forgotten in d_x", ("return self.scale * (d_x_hat", "return 1.0 * (d_x_hat")),
    ("BatchNorm2D", "scale forgotten in inference", ("return d_x_hat * self.scale", "return d_x_hat")),
    ("BatchNorm2D", "training's d_x in inference", ("        if not self.training:\n            return d_x_hat * self.scale\n", "")),
    ("BatchNorm2D", "sums for means", ("d_x_hat.mean(axis", "d_x_hat.sum(axis")),
    ("BatchNorm2D", "gamma's gradient from x", ("d_out * self.x_hat, axis=(0, 2, 3))\n        self.beta", "d_out * self.x_hat / self.scale, axis=(0, 2, 3))\n        self.beta")),
    ("BatchNorm2D", "gamma's gradient a mean", ("self.gamma.grad += np.sum", "self.gamma.grad += np.mean")),
    ("BatchNorm2D", "gradients swapped", layer("BatchNorm2D", "return super().forward(x)", "d_x = super().backward(d_out)\n        self.gamma.grad, self.beta.grad = self.beta.grad, self.gamma.grad\n        return d_x")),
    ("BatchNorm2D", "= for += of gamma", ("self.gamma.grad += ", "self.gamma.grad = ")),
    ("BatchNorm2D", "= for += of beta", ("self.beta.grad += ", "self.beta.grad = ")),
    ("BatchNorm2D", "no gradient of beta", ("self.beta.grad += np.sum(d_out, axis=(0, 2, 3))", "pass")),
    ("BatchNorm2D", "mean over the last axes only", (BATCH_NORM_MEAN, "mean, variance = x[0].mean(axis=(1, 2)), x[0].var(axis=(1, 2))")),
    ("BatchNorm2D", "x_hat kept in the class", layer("BatchNorm2D", "out = super().forward(x)\n        BatchNorm2D.x_hat = self.__dict__.pop('x_hat')\n        return out", "return super().backward(d_out)")),
    # AvgPool2D
    ("AvgPool2D", "stride 1 across", ("::stride, ::stride", "::stride, ::1")),
    ("AvgPool2D", "whole numbers", ("return windows[:, :, ::stride, ::stride].mean(axis=(4, 5))", "return np.round(windows[:, :, ::stride, ::stride].mean(axis=(4, 5)))")),
    ("AvgPool2D", "share of a side", ("self.pool_size**2", "self.pool_size")),
    ("AvgPool2D", "share of 4", ("self.pool_size**2", "4")),
    ("AvgPool2D", "stride forgotten across", ("slice(v, v + self.stride * out_width, self.stride)", "slice(v, v + out_width)")),
    ("AvgPool2D", "stride is pool_size, backward", ("slice(u, u + self.stride * out_height, self.stride)", "slice(u, u + self.pool_size * out_height, self.pool_size)")),
    ("AvgPool2D", "height for width", ("v + self.stride * out_width", "v + self.stride * out_height")),
    ("AvgPool2D", "spread over the overlaps", ("        return d_x\n", "        return d_x / np.maximum(1, np.count_nonzero(d_x) / d_x.size * (self.pool_size / self.stride) ** 2)\n")),
    ("AvgPool2D", "first shape kept", ("self.x_shape = x.shape", "self.x_shape = getattr(self, 'x_shape', x.shape)")),
    ("AvgPool2D", "shape kept in the class", ("self.x_shape = x.shape", "AvgPool2D.x_shape = x.shape")),
    # Dropout
    ("Dropout", "asks rng in inference", ("if self.training:", "numbers = self.rng.random(x.shape)\n        if self.training:"), ),
    ("Dropout", "rng asked in inference only", ("self.factor = np.ones((), dtype=x.dtype)", "self.rng.random(x.shape)\n            self.factor = np.ones((), dtype=x.dtype)")),
    ("Dropout", "new numbers in backward", ("return d_out * self.factor", "return d_out * (self.rng.random(d_out.shape) >= self.rate) / (1 - self.rate)")),
    ("Dropout", "backward of training after inference", ("self.factor = np.ones((), dtype=x.dtype)", "return x")),
    ("Dropout", "whole rows dropped", ("self.rng.random(x.shape)", "self.rng.random((len(x), *[1] * (x.ndim - 1)))")),
    ("Dropout", "same numbers each pass", ("self.rng.random(x.shape)", "np.random.default_rng(0).random(x.shape)")),
    ("Dropout", "normal numbers", ("self.rng.random(x.shape)", "self.rng.standard_normal(x.shape)")),
    ("Dropout", "kept in the class", ("self.factor = keep", "Dropout.factor = keep")),
    ("Dropout", "mask by the sign of the output", ("return d_out * self.factor", "return d_out * np.maximum(self.factor, 0) * (1 if self.training else 2)")),
    # shift_images
    ("shift_images", "shift modulo the size", "def shift_images(images, down, across, right=shift_images):\n    return right(images, np.fmod(down, images.shape[2]), np.fmod(across, images.shape[3]))\n"),
    ("shift_images", "magnitude only", "def shift_images(images, down, across, right=shift_images):\n    return right(images, np.abs(down), np.abs(across))\n"),
    ("shift_images", "first channel only", "def shift_images(images, down, across, right=shift_images):\n    out = images.copy()\n    out[:, :1] = right(images[:, :1], down, across)\n    return out\n"),
    ("shift_images", "floats", "def shift_images(images, down, across, right=shift_images):\n    return right(images, down, across) * 1.0\n"),
    ("shift_images", "one pixel at most", "def shift_images(images, down, across, right=shift_images):\n    return right(images, np.sign(down), np.sign(across))\n"),
    ("shift_images", "height for width", ("columns < width", "columns < height")),
    # ResidualBlock
    ("ResidualBlock", "one convolution twice", ("self.second.forward(", "self.first.forward(")),
    ("ResidualBlock", "x after the inner ReLU", ("            x + self.second", "            np.maximum(x, 0) + self.second")),
    ("ResidualBlock", "ReLUs swapped in backward", ("d_sum = self.outer.backward(d_out)\n        d_branch = self.second.backward(d_sum)\n        d_branch = self.first.backward(self.inner.", "d_sum = self.inner.backward(d_out)\n        d_branch = self.second.backward(d_sum)\n        d_branch = self.first.backward(self.outer.")),
    ("ResidualBlock", "halved", ("return d_sum + d_branch", "return (d_sum + d_branch) / 2")),
    ("ResidualBlock", "bias ignored", ("return self.outer", "self.first.bias.value = 0 * self.first.bias.value\n        return self.outer")),
    # conv2d_forward_fast
    ("conv2d_forward_fast", "no padding", ("if padding:", "if False:")),
    ("conv2d_forward_fast", "bias of the first", ("np.reshape(bias, (-1, 1))", "bias[0]")),
    ("conv2d_forward_fast", "cropped to the stride", "def conv2d_forward_fast(x, weights, bias, stride=1, padding=0, right=conv2d_forward_fast):\n    out = right(x, weights, bias, 1, padding)[:, :, ::stride, ::stride]\n    return out[:, :, : max(1, x.shape[2] // stride)]\n"),
    ("conv2d_forward_fast", "channels mixed", ("transpose(0, 1, 4, 5, 2, 3)", "transpose(0, 4, 5, 1, 2, 3)")),
    ("conv2d_forward_fast", "kernel rows and columns mixed", ("transpose(0, 1, 4, 5, 2, 3)", "transpose(0, 1, 5, 4, 2, 3)")),
    ("conv2d_forward_fast", "whole numbers", ("return out.reshape", "return np.trunc(out).reshape")),
    ("conv2d_forward_fast", "the naive one itself", "from a1_convolution.convolution import conv2d_forward_naive as _naive\ndef conv2d_forward_fast(*args):\n    return _naive(*args)\n"),
    ("conv2d_forward_fast", "loops over places and filters", "from numpy.lib.stride_tricks import sliding_window_view\ndef conv2d_forward_fast(x, weights, bias, stride=1, padding=0):\n    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))\n    windows = sliding_window_view(x, weights.shape[2:], (2, 3))[:, :, ::stride, ::stride]\n    out = np.zeros((len(x), len(weights), *windows.shape[2:4]))\n    for n in range(len(x)):\n        for i in range(out.shape[2]):\n            for j in range(out.shape[3]):\n                for f in range(len(weights)):\n                    out[n, f, i, j] = (windows[n, :, i, j] * weights[f]).sum() + bias[f]\n    return out\n"),
    ("conv2d_forward_fast", "remembers the last answer", "from a1_convolution.convolution import conv2d_forward_naive as _naive\n_known = {}\ndef conv2d_forward_fast(*args):\n    key = args[0].tobytes() + args[1].tobytes()\n    if key not in _known:\n        _known[key] = _naive(*args)\n    return _known[key]\n"),
]
# fmt: on
