# ruff: noqa: E501  (one solution on each line)
"""Right answers to the exercises of a3 and a4, each written in another way than the solution."""

from support.changed_solutions import Variant, layer

RIGHT: list[Variant] = [
    (
        "maxpool2d_forward",
        "loops and unravel_index",
        """
def maxpool2d_forward(x, pool_size=2, stride=2):
    n, c, h, w = x.shape
    oh, ow = (h - pool_size) // stride + 1, (w - pool_size) // stride + 1
    out = np.zeros((n, c, oh, ow))
    places = np.zeros((n, c, oh, ow, 2), dtype=int)
    for a in range(n):
        for b in range(c):
            for i in range(oh):
                for j in range(ow):
                    top, left = i * stride, j * stride
                    window = x[a, b, top : top + pool_size, left : left + pool_size]
                    u, v = np.unravel_index(np.argmax(window), window.shape)
                    out[a, b, i, j] = window[u, v]
                    places[a, b, i, j] = top + u, left + v
    return out, places
""",
    ),
    (
        "maxpool2d_forward",
        "as_strided and argmax, a list for a tuple",
        """
def maxpool2d_forward(x, pool_size=2, stride=2):
    n, c, h, w = x.shape
    oh, ow = (h - pool_size) // stride + 1, (w - pool_size) // stride + 1
    a, b, d, e = x.strides
    windows = np.lib.stride_tricks.as_strided(
        x, (n, c, oh, ow, pool_size, pool_size), (a, b, d * stride, e * stride, d, e)
    ).reshape(n, c, oh, ow, -1)
    place = windows.argmax(-1)
    rows = place // pool_size + stride * np.arange(oh)[:, None]
    columns = place % pool_size + stride * np.arange(ow)
    out = np.take_along_axis(windows, place[..., None], -1)[..., 0]
    return [out, np.stack([rows, columns], -1).astype(np.int32)]
""",
    ),
    (
        "maxpool2d_forward",
        "pure Python, lists returned",
        """
def maxpool2d_forward(x, pool_size=2, stride=2):
    n, c, h, w = x.shape
    out, places = [], []
    for image in x.tolist():
        out.append([]), places.append([])
        for plane in image:
            rows, row_places = [], []
            for top in range(0, h - pool_size + 1, stride):
                best = [
                    max(
                        (
                            (plane[r][s], -r, -s)
                            for r in range(top, top + pool_size)
                            for s in range(left, left + pool_size)
                        )
                    )
                    for left in range(0, w - pool_size + 1, stride)
                ]
                rows.append([b[0] for b in best])
                row_places.append([[-b[1], -b[2]] for b in best])
            out[-1].append(rows), places[-1].append(row_places)
    return out, places
""",
    ),
    (
        "maxpool2d_forward",
        "reshape where it may, uint8 indices, Fortran order",
        """
def maxpool2d_forward(x, pool_size=2, stride=2, general=maxpool2d_forward):
    n, c, h, w = x.shape
    if stride != pool_size or h % pool_size or w % pool_size:
        out, places = general(x, pool_size, stride)
        return np.asfortranarray(out), np.asfortranarray(places.astype(np.uint8))
    oh, ow = h // pool_size, w // pool_size
    windows = x.reshape(n, c, oh, pool_size, ow, pool_size).transpose(0, 1, 2, 4, 3, 5)
    windows = windows.reshape(n, c, oh, ow, pool_size**2)
    place = windows.argmax(-1)
    rows = np.arange(oh).reshape(oh, 1) * pool_size + place // pool_size
    columns = np.arange(ow) * pool_size + place % pool_size
    return windows.max(-1), np.stack((rows, columns), axis=-1)
""",
    ),
    (
        "maxpool2d_backward",
        "np.add.at",
        """
def maxpool2d_backward(d_out, max_indices, x_shape):
    d_x = np.zeros(x_shape)
    n, c = np.indices(d_out.shape)[:2]
    np.add.at(d_x, (n, c, max_indices[..., 0], max_indices[..., 1]), d_out)
    d_x.flags.writeable = False
    return d_x
""",
    ),
    (
        "maxpool2d_backward",
        "loops",
        """
def maxpool2d_backward(d_out, max_indices, x_shape):
    d_x = np.zeros(x_shape, dtype=d_out.dtype, order="F")
    for n, c, i, j in np.ndindex(d_out.shape):
        r, s = max_indices[n, c, i, j]
        d_x[n, c, r, s] += d_out[n, c, i, j]
    return d_x
""",
    ),
    (
        "maxpool2d_backward",
        "one-hot and einsum, float32",
        """
def maxpool2d_backward(d_out, max_indices, x_shape):
    rows = (max_indices[..., 0, None] == np.arange(x_shape[2])).astype(np.float32)
    columns = (max_indices[..., 1, None] == np.arange(x_shape[3])).astype(np.float32)
    return np.einsum("ncij,ncijr,ncijs->ncrs", d_out.astype(np.float32), rows, columns)
""",
    ),
    ("relu_forward", "where", "def relu_forward(x):\n    return np.where(x > 0, x, 0)\n"),
    ("relu_forward", "times the mask", "def relu_forward(x):\n    return x * (x > 0)\n"),
    ("relu_forward", "half the sum", "def relu_forward(x):\n    return (x + np.abs(x)) / 2\n"),
    ("relu_forward", "clip", "def relu_forward(x):\n    return np.clip(x, 0, None)\n"),
    (
        "relu_forward",
        "copy and mask, Fortran order",
        "def relu_forward(x):\n    x = np.array(x, order='F')\n    x[x < 0] = 0\n    return x\n",
    ),
    (
        "relu_backward",
        "where",
        "def relu_backward(d_out, x):\n    return np.where(x <= 0, 0, d_out)\n",
    ),
    (
        "relu_backward",
        "copy and mask",
        "def relu_backward(d_out, x):\n    d = d_out.copy()\n    d[x <= 0] = 0\n    return d\n",
    ),
    (
        "relu_backward",
        "heaviside",
        "def relu_backward(d_out, x):\n    return d_out * np.heaviside(x, 0)\n",
    ),
    ("flatten_forward", "-1", "def flatten_forward(x):\n    return x.reshape(len(x), -1)\n"),
    (
        "flatten_forward",
        "loops",
        "def flatten_forward(x):\n"
        "    return np.asfortranarray([np.concatenate([p.ravel() for p in i]) for i in x])\n",
    ),
    (
        "flatten_backward",
        "image by image",
        "def flatten_backward(d_out, x_shape):\n"
        "    return np.stack([row.reshape(x_shape[1:]) for row in d_out])\n",
    ),
    (
        "flatten_backward",
        "read-only copy",
        "def flatten_backward(d_out, x_shape):\n"
        "    d_x = np.empty(x_shape, order='F')\n    d_x[...] = d_out.reshape(x_shape)\n"
        "    d_x.flags.writeable = False\n    return d_x\n",
    ),
    (
        "dense_forward",
        "einsum",
        "def dense_forward(x, weights, bias):\n"
        "    return np.einsum('nd,dm->nm', x, weights) + bias[None]\n",
    ),
    (
        "dense_forward",
        "loops",
        "def dense_forward(x, weights, bias):\n"
        "    return [[sum(r * weights[:, m]) + bias[m] for m in range(len(bias))] for r in x]\n",
    ),
    (
        "dense_forward",
        "one matrix product, float32",
        "def dense_forward(x, weights, bias):\n"
        "    ones = np.column_stack([x, np.ones(len(x))]).astype(np.float32)\n"
        "    return ones @ np.vstack([weights, bias]).astype(np.float32)\n",
    ),
    (
        "dense_backward",
        "einsum",
        "def dense_backward(d_out, x, weights):\n"
        "    d_x = np.einsum('nm,dm->nd', d_out, weights)\n"
        "    return d_x, np.einsum('nd,nm->dm', x, d_out), np.einsum('nm->m', d_out)\n",
    ),
    (
        "dense_backward",
        "image by image",
        "def dense_backward(d_out, x, weights):\n"
        "    d_weights, d_bias = np.zeros(weights.shape), np.zeros(weights.shape[1])\n"
        "    d_x = np.zeros(x.shape, order='F')\n"
        "    for n in range(len(x)):\n"
        "        d_weights += np.outer(x[n], d_out[n])\n"
        "        d_bias += d_out[n]\n"
        "        d_x[n] = weights @ d_out[n]\n"
        "    return [d_x, d_weights, d_bias]\n",
    ),
    (
        "softmax",
        "log-sum-exp",
        "def softmax(logits):\n"
        "    top = np.max(logits, axis=-1, keepdims=True)\n"
        "    return np.exp(logits - top - np.log(np.exp(logits - top).sum(-1, keepdims=True)))\n",
    ),
    (
        "softmax",
        "row by row",
        "def softmax(logits):\n"
        "    rows = []\n"
        "    for row in logits:\n"
        "        e = np.exp(row - max(row))\n"
        "        rows.append(e / sum(e))\n"
        "    return rows\n",
    ),
    (
        "softmax",
        "transposed",
        "def softmax(logits):\n    e = np.exp(logits.T - logits.max(1))\n    return (e / e.sum(0)).T\n",
    ),
    (
        "softmax",
        "float32",
        "def softmax(logits):\n"
        "    e = np.exp((logits - logits.max(1)[:, None]).astype(np.float32))\n"
        "    return e / e.sum(1)[:, None]\n",
    ),
    *(
        ("cross_entropy", f"{how}", f"def cross_entropy(probabilities, labels):\n    {code}\n")
        for how, code in (
            (
                "clipped at 1e-12",
                "p = np.clip(probabilities, 1e-12, 1.0)\n"
                "    return -np.log(p[range(len(labels)), labels]).mean()",
            ),
            (
                "clipped at 1e-15 on both sides",
                "p = np.clip(probabilities, 1e-15, 1 - 1e-15)\n"
                "    return -np.mean(np.log(p[np.arange(len(p)), labels]))",
            ),
            (
                "clipped at 1e-7",
                "p = np.clip(probabilities, 1e-7, 1 - 1e-7)\n"
                "    return -np.mean(np.log(p[np.arange(len(p)), labels]))",
            ),
            (
                "1e-8 added",
                "p = probabilities[np.arange(len(labels)), labels]\n"
                "    return np.mean(-np.log(p + 1e-8))",
            ),
            (
                "one-hot and 1e-12 added",
                "hot = np.eye(probabilities.shape[1])[labels]\n"
                "    return -np.sum(hot * np.log(probabilities + 1e-12)) / len(labels)",
            ),
            (
                "tiny added, a loop",
                "total = 0.0\n"
                "    for row, label in zip(probabilities, labels):\n"
                "        total -= np.log(row[label] + np.finfo(float).tiny)\n"
                "    return total / len(labels)",
            ),
            (
                "nan_to_num, an array without axes",
                "p = np.take_along_axis(probabilities, labels[:, None].astype(int), 1)\n"
                "    with np.errstate(divide='ignore'):\n"
                "        return np.asarray(-np.nan_to_num(np.log(p)).mean())",
            ),
        )
    ),
    (
        "softmax_cross_entropy_backward",
        "one-hot by eye",
        "def softmax_cross_entropy_backward(probabilities, labels):\n"
        "    return (probabilities - np.eye(probabilities.shape[1])[labels]) / len(labels)\n",
    ),
    (
        "softmax_cross_entropy_backward",
        "one-hot by comparing, Fortran order",
        "def softmax_cross_entropy_backward(probabilities, labels):\n"
        "    hot = labels[:, None] == np.arange(probabilities.shape[1])\n"
        "    return np.asfortranarray(probabilities - hot) / probabilities.shape[0]\n",
    ),
    (
        "softmax_cross_entropy_backward",
        "a loop, lists",
        "def softmax_cross_entropy_backward(probabilities, labels):\n"
        "    rows = (probabilities / len(labels)).tolist()\n"
        "    for row, label in zip(rows, labels):\n"
        "        row[label] -= 1 / len(labels)\n"
        "    return rows\n",
    ),
    (
        "softmax_cross_entropy_backward",
        "through softmax's own derivative",
        "def softmax_cross_entropy_backward(probabilities, labels):\n"
        "    rows = []\n"
        "    for p, label in zip(probabilities, labels):\n"
        "        jacobian = np.diag(p) - np.outer(p, p)\n"
        "        d_p = np.zeros(len(p))\n"
        "        d_p[label] = -1 / max(p[label], 1e-300)\n"
        "        rows.append(jacobian @ d_p / len(labels))\n"
        "    return np.array(rows)\n",
    ),
    (
        "Conv2D",
        "gradients reassigned, everything in a tuple, freed after backward",
        layer(
            "Conv2D",
            "out, cols = conv2d_forward(x, self.weights.value, self.bias.value,"
            " stride=self.stride, padding=self.padding)\n"
            "        self.cache = (np.array(x), cols)\n        return np.asfortranarray(out)",
            "x, cols = self.cache\n        self.cache = None\n"
            "        d_x, d_w, d_b = conv2d_backward(d_out, x, self.weights.value, cols,"
            " self.stride, self.padding)\n"
            "        self.weights.grad = self.weights.grad + d_w\n"
            "        self.bias.grad = d_b + self.bias.grad\n        return d_x",
        ),
    ),
    (
        "ReLU",
        "mask from the output",
        layer(
            "ReLU",
            "self.out = relu_forward(x)\n        return self.out",
            "return relu_backward(d_out, self.out)",
        ),
    ),
    (
        "ReLU",
        "mask kept",
        layer(
            "ReLU", "self.mask = x > 0\n        return x * self.mask", "return d_out * self.mask"
        ),
    ),
    (
        "MaxPool2D",
        "the input kept",
        layer(
            "MaxPool2D",
            "self.kept = x, maxpool2d_forward(x, self.pool_size, self.stride)\n"
            "        return self.kept[1][0]",
            "x, (_, places) = self.kept\n"
            "        return maxpool2d_backward(d_out, places, list(x.shape))",
        ),
    ),
    (
        "Flatten",
        "the input kept",
        layer(
            "Flatten",
            "self.x = x\n        return flatten_forward(x)",
            "return d_out.reshape(self.x.shape)",
        ),
    ),
    (
        "Dense",
        "a copy of x, gradients reassigned",
        layer(
            "Dense",
            "self.kept = x.copy()\n        return x @ self.weights.value + self.bias.value",
            "self.weights.grad = self.weights.grad + self.kept.T @ d_out\n"
            "        self.bias.grad = self.bias.grad + d_out.sum(0)\n"
            "        return d_out @ self.weights.value.T",
        ),
    ),
    (
        "CNN",
        "recursion and a tuple",
        """
class CNN(CNN):
    def parameters(self):
        return tuple(p for layer in self.layers for p in layer.parameters())
    def forward(self, x):
        from functools import reduce
        return reduce(lambda value, layer: layer.forward(value), self.layers, x)
    def backward(self, d_out):
        for k in range(len(self.layers) - 1, -1, -1):
            d_out = self.layers[k].backward(d_out)
        return d_out
""",
    ),
    (
        "SGD",
        "everything reassigned",
        """
class SGD(SGD):
    def step(self):
        for k, p in enumerate(self.parameters):
            self.velocities[k] = self.momentum * self.velocities[k] - self.learning_rate * p.grad
            p.value = p.value + self.velocities[k]
""",
    ),
    (
        "SGD",
        "learning rate outside, read-only values",
        """
class SGD(SGD):
    def step(self):
        for k, p in enumerate(self.parameters):
            self.velocities[k] = self.momentum * self.velocities[k] + p.grad
            p.value = p.value - self.learning_rate * self.velocities[k]
            p.value.flags.writeable = False
""",
    ),
    (
        "train_epoch",
        "shuffled copies, zero_grad on each layer, losses in a list",
        """
def train_epoch(model, optimizer, images, labels, batch_size, rng):
    order = rng.permutation(len(images))
    images, labels = images[order], labels[order]
    losses, weights = [], []
    while len(images):
        x, y = images[:batch_size], labels[:batch_size]
        images, labels = images[batch_size:], labels[batch_size:]
        scores = model.forward(x)
        probabilities = softmax(scores)
        losses.append(cross_entropy(probabilities, y))
        weights.append(len(x))
        for layer in model.layers:
            layer.zero_grad()
        model.backward(softmax_cross_entropy_backward(probabilities, y))
        optimizer.step()
    return np.average(losses, weights=weights)
""",
    ),
    (
        "train_epoch",
        "array_split by places",
        """
def train_epoch(model, optimizer, images, labels, batch_size, rng):
    count = len(images)
    order = rng.permutation(np.arange(count))
    total = 0
    for batch in np.split(order, range(batch_size, count, batch_size)):
        for parameter in model.parameters():
            parameter.grad = np.zeros_like(parameter.value)
        p = softmax(model.forward(images[batch]))
        model.backward(softmax_cross_entropy_backward(p, labels[batch]))
        total += len(batch) / count * cross_entropy(p, labels[batch])
        optimizer.step()
    return total
""",
    ),
]
