# ruff: noqa: E501  (one solution on each line)
"""Right answers to the exercises of a5, each written in another way than the solution."""

from support.changed_solutions import Variant, layer

LOOP_POOL = """
class AvgPool2D(AvgPool2D):
    def _windows(self, x):
        size, stride = self.pool_size, self.stride
        for i in range((x.shape[2] - size) // stride + 1):
            for j in range((x.shape[3] - size) // stride + 1):
                rows = slice(i * stride, i * stride + size)
                yield i, j, rows, slice(j * stride, j * stride + size)
    def forward(self, x):
        self.x = x
        size, stride = self.pool_size, self.stride
        out = np.zeros((*x.shape[:2], (x.shape[2] - size) // stride + 1, (x.shape[3] - size) // stride + 1))
        for i, j, rows, columns in self._windows(x):
            out[:, :, i, j] = x[:, :, rows, columns].mean((2, 3))
        return out
    def backward(self, d_out):
        d_x = np.zeros(self.x.shape)
        for i, j, rows, columns in self._windows(self.x):
            d_x[:, :, rows, columns] += d_out[:, :, i, j][:, :, None, None] / self.pool_size / self.pool_size
        return d_x
"""

# Right solutions, written differently: (exercise, how, the definition that replaces it).
RIGHT: list[Variant] = [
    (
        "he_initialization",
        "drawn with its scale, fans counted by hand",
        "def he_initialization(shape, rng):\n"
        "    inputs = shape[0] if len(shape) == 2 else np.prod(shape[1:])\n"
        "    return rng.normal(0, (2 / inputs) ** 0.5, size=shape)\n",
    ),
    (
        "he_initialization",
        "in place",
        "def he_initialization(shape, rng):\n"
        "    weights = rng.standard_normal(size=shape)\n"
        "    weights /= np.sqrt(_fans(shape)[0] / 2)\n"
        "    return weights\n",
    ),
    (
        "xavier_initialization",
        "from random, stretched",
        "def xavier_initialization(shape, rng):\n"
        "    limit = (6 / sum(_fans(shape))) ** 0.5\n"
        "    return (2 * rng.random(shape) - 1) * limit\n",
    ),
    (
        "BatchNorm2D",
        "channels last, as a matrix, paths of mean and variance apart",
        """
class BatchNorm2D(BatchNorm2D):
    def forward(self, x):
        n, c, h, w = x.shape
        rows = x.transpose(0, 2, 3, 1).reshape(-1, c)
        self.mode = self.training
        if self.mode:
            self.mean, self.variance = rows.mean(0), rows.var(0)
            self.running_mean = self.running_mean + self.momentum * (self.mean - self.running_mean)
            self.running_variance = self.running_variance * (1 - self.momentum)
            self.running_variance = self.running_variance + self.momentum * self.variance
        else:
            self.mean, self.variance = self.running_mean, self.running_variance
        self.rows = rows
        out = (rows - self.mean) / np.sqrt(self.variance + self.epsilon)
        out = out * self.gamma.value + self.beta.value
        return out.reshape(n, h, w, c).transpose(0, 3, 1, 2)
    def backward(self, d_out):
        n, c, h, w = d_out.shape
        g = d_out.transpose(0, 2, 3, 1).reshape(-1, c)
        m = len(g)
        root = np.sqrt(self.variance + self.epsilon)
        centred = self.rows - self.mean
        self.gamma.grad = self.gamma.grad + (g * centred / root).sum(0)
        self.beta.grad = self.beta.grad + g.sum(0)
        d_hat = g * self.gamma.value
        d_x = d_hat / root
        if self.mode:
            d_variance = (d_hat * centred).sum(0) * -0.5 * root**-3
            d_mean = (-d_hat / root).sum(0) + d_variance * (-2 * centred).mean(0)
            d_x = d_x + d_variance * 2 * centred / m + d_mean / m
        return d_x.reshape(n, h, w, c).transpose(0, 3, 1, 2)
""",
    ),
    (
        "BatchNorm2D",
        "channel by channel, in loops, estimates changed in place",
        """
class BatchNorm2D(BatchNorm2D):
    def forward(self, x):
        self.kept, out = [], np.zeros_like(x)
        for k in range(x.shape[1]):
            heap = x[:, k]
            mean, variance = self.running_mean[k], self.running_variance[k]
            if self.training:
                mean, variance = heap.mean(), ((heap - heap.mean()) ** 2).mean()
                self.running_mean[k] += self.momentum * (mean - self.running_mean[k])
                self.running_variance[k] += self.momentum * (variance - self.running_variance[k])
            root = (variance + self.epsilon) ** 0.5
            hat = (heap - mean) / root
            self.kept.append((hat, root))
            out[:, k] = self.gamma.value[k] * hat + self.beta.value[k]
        return out
    def backward(self, d_out):
        d_x = np.zeros_like(d_out)
        for k, (hat, root) in enumerate(self.kept):
            g = d_out[:, k]
            self.gamma.grad[k] += (g * hat).sum()
            self.beta.grad[k] += g.sum()
            if self.training:
                g = g - g.mean() - hat * (g * hat).mean()
            d_x[:, k] = self.gamma.value[k] / root * g
        return d_x
""",
    ),
    ("AvgPool2D", "loops over windows", LOOP_POOL),
    (
        "AvgPool2D",
        "slices added up",
        """
class AvgPool2D(AvgPool2D):
    def _slices(self, array, oh, ow):
        k, s = self.pool_size, self.stride
        return [array[:, :, u : u + s * oh : s, v : v + s * ow : s] for u in range(k) for v in range(k)]
    def forward(self, x):
        self.shape = list(x.shape)
        oh, ow = ((size - self.pool_size) // self.stride + 1 for size in x.shape[2:])
        return sum(self._slices(x, oh, ow)) / self.pool_size**2
    def backward(self, d_out):
        d_x = np.zeros(self.shape)
        for view in self._slices(d_x, *d_out.shape[2:]):
            view += d_out / self.pool_size**2
        return d_x
""",
    ),
    (
        "Dropout",
        "mask and scale apart",
        layer(
            "Dropout",
            "self.mask = None\n        if not self.training:\n            return x\n"
            "        self.mask = self.rng.random(size=x.shape) < self.rate\n"
            "        return np.where(self.mask, 0.0, x / (1 - self.rate))",
            "if self.mask is None:\n            return d_out\n"
            "        d_x = d_out / (1 - self.rate)\n        d_x[self.mask] = 0\n        return d_x",
        ),
    ),
    (
        "shift_images",
        "copied by slices, image by image",
        """
def shift_images(images, down, across):
    out = np.zeros_like(images)
    height, width = images.shape[2:]
    for n in range(len(images)):
        top, bottom = max(down[n], 0), min(height + down[n], height)
        left, right = max(across[n], 0), min(width + across[n], width)
        if top < bottom and left < right:
            out[n, :, top:bottom, left:right] = images[
                n, :, top - down[n] : bottom - down[n], left - across[n] : right - across[n]
            ]
    return out
""",
    ),
    (
        "shift_images",
        "cut out of a large frame",
        """
def shift_images(images, down, across):
    h, w = images.shape[2:]
    framed = np.pad(images, ((0, 0), (0, 0), (h, h), (w, w)))
    down, across = np.clip(down, -h, h), np.clip(across, -w, w)
    return np.stack([f[:, h - a : 2 * h - a, w - b : 2 * w - b] for f, a, b in zip(framed, down, across)])
""",
    ),
    (
        "ResidualBlock",
        "own masks",
        layer(
            "ResidualBlock",
            "hidden = self.first.forward(x)\n        self.open = hidden > 0\n"
            "        total = self.second.forward(hidden * self.open) + x\n"
            "        self.passed = total > 0\n        return np.where(self.passed, total, 0)",
            "d = d_out * self.passed\n"
            "        return d + self.first.backward(self.open * self.second.backward(d))",
        ),
    ),
    (
        "conv2d_forward_fast",
        "im2col of a1",
        "from a1_convolution.convolution import conv2d_forward as _product\n"
        "def conv2d_forward_fast(x, weights, bias, stride=1, padding=0):\n"
        "    return _product(x, weights, bias, stride, padding)[0]\n",
    ),
    (
        "conv2d_forward_fast",
        "loops over the places of the kernel",
        """
def conv2d_forward_fast(x, weights, bias, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    n, c, h, w = x.shape
    f, _, kh, kw = weights.shape
    oh, ow = (h - kh) // stride + 1, (w - kw) // stride + 1
    out = np.zeros((n, f, oh, ow)) + np.reshape(bias, (-1, 1, 1))
    for u in range(kh):
        for v in range(kw):
            seen = x[:, :, u : u + stride * oh : stride, v : v + stride * ow : stride]
            out += (weights[:, :, u, v] @ seen.reshape(n, c, -1)).reshape(out.shape)
    return out
""",
    ),
    (
        "conv2d_forward_fast",
        "tensordot",
        """
def conv2d_forward_fast(x, weights, bias, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(x, weights.shape[2:], (2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.tensordot(windows, weights, ((1, 4, 5), (1, 2, 3))) + 1.0 * bias
    return out.transpose(0, 3, 1, 2)
""",
    ),
]
