"""Right answers to the exercises of a1 and a2, each written in another way than the solution."""

from autograder.catalogue import load

NAMES = [
    exercise.name
    for name in ("a1_convolution", "a2_backprop")
    for exercise in load().assignment(name).exercises
]

# Forms in which a learner may return the right numbers.
FORMS = {
    "Fortran order": "numpy.array(value, order='F')",
    "not contiguous": "numpy.repeat(value, 2, axis=-1)[..., ::2]",
    "read-only": "numpy.broadcast_to(value, value.shape)",
    "lists": "value.tolist()",
    "lists of arrays": "list(value)",
    "big-endian": "value.astype(value.dtype.newbyteorder())",
    "a subclass": "value.view(type('Picture', (numpy.ndarray,), {}))",
}
SINGLE = {"float32": "value.astype('f4') if value.dtype.kind == 'f' else value"}

FORMED = """
    import numpy

    def formed(value):
        if isinstance(value, tuple):
            return tuple(formed(part) for part in value)
        return {result} if isinstance(value, numpy.ndarray) else value

    def {name}(*args, **kwargs):
        return formed(right(*args, **kwargs))
"""


RIGHT: list[tuple[str, str, str]] = [
    (
        "output_size",
        "floor",
        """
        def output_size(input_size, kernel_size, stride=1, padding=0):
            return int(np.floor((input_size + 2 * padding - kernel_size) / stride)) + 1
        """,
    ),
    (
        "output_size",
        "NumPy integer",
        """
        def output_size(input_size, kernel_size, stride=1, padding=0):
            return np.int64((input_size + 2 * padding - kernel_size) // stride + 1)
        """,
    ),
    (
        "output_size",
        "loop",
        """
        def output_size(input_size, kernel_size, stride=1, padding=0):
            count, at = 0, -padding
            while at + kernel_size <= input_size + padding:
                count, at = count + 1, at + stride
            return count
        """,
    ),
    (
        "output_size",
        "0-d array",
        """
        def output_size(input_size, kernel_size, stride=1, padding=0):
            return np.array(len(range(0, input_size + 2 * padding - kernel_size + 1, stride)))
        """,
    ),
    (
        "conv2d_forward_naive",
        "seven loops of plain numbers",
        """
        def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
            n, c, h, w = x.shape
            f, _, kh, kw = weights.shape
            oh = output_size(h, kh, stride, padding)
            ow = output_size(w, kw, stride, padding)
            out = np.empty((n, f, oh, ow))
            for a in range(n):
                for b in range(f):
                    for i in range(oh):
                        for j in range(ow):
                            total = float(bias[b])
                            for k in range(c):
                                for u in range(kh):
                                    for v in range(kw):
                                        row = i * stride + u - padding
                                        column = j * stride + v - padding
                                        if 0 <= row < h and 0 <= column < w:
                                            total += x[a, k, row, column] * weights[b, k, u, v]
                            out[a, b, i, j] = total
            return out
        """,
    ),
    (
        "conv2d_forward_naive",
        "shift and add",
        """
        def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
            p = np.pad(x, [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2]).astype(float)
            f, _, kh, kw = weights.shape
            oh, ow = ((p.shape[a] - weights.shape[a]) // stride + 1 for a in (2, 3))
            out = np.zeros((len(x), f, oh, ow)) + bias[None, :, None, None]
            for u in range(kh):
                for v in range(kw):
                    seen = p[:, :, u : u + stride * oh : stride, v : v + stride * ow : stride]
                    out += np.einsum("ncij,fc->nfij", seen, weights[:, :, u, v])
            return out
        """,
    ),
    (
        "conv2d_forward_naive",
        "einsum over windows",
        """
        def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
            p = np.pad(x, [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2])
            windows = np.lib.stride_tricks.sliding_window_view(p, weights.shape[2:], (2, 3))
            out = np.einsum("ncijuv,fcuv->nfij", windows[:, :, ::stride, ::stride], weights)
            return out + np.reshape(bias, (1, -1, 1, 1)) * 1.0
        """,
    ),
    (
        "conv2d_forward_naive",
        "tensordot at each place, as a list of rows",
        """
        def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
            p = np.pad(np.asarray(x, float), [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2])
            _, _, kh, kw = weights.shape
            rows = []
            for top in range(0, p.shape[2] - kh + 1, stride):
                row = []
                for left in range(0, p.shape[3] - kw + 1, stride):
                    window = p[:, :, top : top + kh, left : left + kw]
                    row.append(np.tensordot(window, weights, ((1, 2, 3), (1, 2, 3))) + bias)
                rows.append(row)
            return np.array(rows).transpose(2, 3, 0, 1)
        """,
    ),
    (
        "conv2d_forward_naive",
        "a class that is called",
        """
        class Convolution:
            def __call__(self, x, weights, bias, stride=1, padding=0):
                return right(x, weights, bias, stride, padding)
        conv2d_forward_naive = Convolution()
        """,
    ),
    (
        "conv2d_forward_naive",
        "computed in float32, kept in float64",
        """
        def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
            single = [np.asarray(a, np.float32) for a in (x, weights, bias)]
            return right(*single, stride, padding).astype(np.float64)
        """,
    ),
    (
        "im2col",
        "column by column",
        """
        def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
            p = np.pad(x, [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2])
            columns = []
            for image in p:
                for top in range(0, p.shape[2] - kernel_height + 1, stride):
                    for left in range(0, p.shape[3] - kernel_width + 1, stride):
                        window = image[:, top : top + kernel_height, left : left + kernel_width]
                        columns.append(window.ravel())
            return np.array(columns).T
        """,
    ),
    (
        "im2col",
        "row by row",
        """
        def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
            p = np.pad(x, [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2])
            oh = output_size(x.shape[2], kernel_height, stride, padding)
            ow = output_size(x.shape[3], kernel_width, stride, padding)
            return np.stack([
                p[:, c, u : u + stride * oh : stride, v : v + stride * ow : stride].ravel()
                for c in range(x.shape[1])
                for u in range(kernel_height)
                for v in range(kernel_width)
            ])
        """,
    ),
    (
        "im2col",
        "fancy indices",
        """
        def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
            n, c, h, w = x.shape
            p = np.pad(x, [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2])
            oh = output_size(h, kernel_height, stride, padding)
            ow = output_size(w, kernel_width, stride, padding)
            u = np.tile(np.repeat(np.arange(kernel_height), kernel_width), c)
            v = np.tile(np.arange(kernel_width), kernel_height * c)
            k = np.repeat(np.arange(c), kernel_height * kernel_width)
            i = stride * np.repeat(np.arange(oh), ow)
            j = stride * np.tile(np.arange(ow), oh)
            taken = p[:, k[:, None], u[:, None] + i, v[:, None] + j]
            return taken.transpose(1, 0, 2).reshape(len(k), -1)
        """,
    ),
    (
        "im2col",
        "as_strided",
        """
        def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
            n, c, h, w = x.shape
            p = np.pad(x, [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2])
            oh = output_size(h, kernel_height, stride, padding)
            ow = output_size(w, kernel_width, stride, padding)
            a, b, d, e = p.strides
            view = np.lib.stride_tricks.as_strided(
                p, (c, kernel_height, kernel_width, n, oh, ow), (b, d, e, a, d * stride, e * stride)
            )
            return view.reshape(c * kernel_height * kernel_width, -1)
        """,
    ),
    (
        "im2col",
        "entry by entry into a float64 array",
        """
        def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
            n, c, h, w = x.shape
            oh = output_size(h, kernel_height, stride, padding)
            ow = output_size(w, kernel_width, stride, padding)
            cols = np.zeros((c * kernel_height * kernel_width, n * oh * ow))
            for k, u, v, a, i, j in np.ndindex(c, kernel_height, kernel_width, n, oh, ow):
                row, column = i * stride + u - padding, j * stride + v - padding
                if 0 <= row < h and 0 <= column < w:
                    place = (k * kernel_height + u) * kernel_width + v, (a * oh + i) * ow + j
                    cols[place] = x[a, k, row, column]
            return cols
        """,
    ),
    (
        "conv2d_forward",
        "einsum",
        """
        def conv2d_forward(x, weights, bias, stride=1, padding=0):
            f, _, kh, kw = weights.shape
            cols = im2col(x, kh, kw, stride, padding)
            oh = output_size(x.shape[2], kh, stride, padding)
            w4 = weights.reshape(f, -1)
            out = np.einsum("fk,knij->nfij", w4, cols.reshape(len(cols), len(x), oh, -1))
            return out + bias[:, None, None].astype(float), cols
        """,
    ),
    (
        "conv2d_forward",
        "columns times filters, turned",
        """
        def conv2d_forward(x, weights, bias, stride=1, padding=0):
            f, _, kh, kw = weights.shape
            cols = im2col(x, kh, kw, stride, padding)
            oh = output_size(x.shape[2], kh, stride, padding)
            out = cols.T @ weights.reshape(f, -1).T.astype(float) + bias
            return np.moveaxis(out.reshape(len(x), oh, -1, f), -1, 1), cols
        """,
    ),
    (
        "conv2d_forward",
        "a list of two",
        """
        def conv2d_forward(x, weights, bias, stride=1, padding=0):
            return list(right(x, weights, bias, stride, padding))
        """,
    ),
    (
        "conv2d_forward",
        "filter by filter",
        """
        def conv2d_forward(x, weights, bias, stride=1, padding=0):
            cols = im2col(x, *weights.shape[2:], stride, padding)
            oh = output_size(x.shape[2], weights.shape[2], stride, padding)
            planes = [
                (np.dot(kernel.ravel(), cols) + b).reshape(len(x), oh, -1)
                for kernel, b in zip(weights, bias)
            ]
            return np.stack(planes, axis=1) / 1.0, cols
        """,
    ),
    (
        "conv2d_forward",
        "bias as a row of the product",
        """
        def conv2d_forward(x, weights, bias, stride=1, padding=0):
            f, _, kh, kw = weights.shape
            cols = im2col(x, kh, kw, stride, padding)
            oh = output_size(x.shape[2], kh, stride, padding)
            ow = output_size(x.shape[3], kw, stride, padding)
            left = np.c_[weights.reshape(f, -1), bias]
            out = left @ np.r_[cols, np.ones((1, cols.shape[1]))]
            return out.reshape(f, len(x), oh, ow).swapaxes(0, 1), cols
        """,
    ),
    (
        "numerical_gradient",
        "nditer",
        """
        def numerical_gradient(f, x, d_out, epsilon=1e-5):
            x = x.astype(float)
            d_x = np.zeros_like(x)
            it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
            while not it.finished:
                k = it.multi_index
                kept = x[k]
                x[k] = kept + epsilon
                above = f(x).copy() if isinstance(f(x), np.ndarray) else f(x)
                x[k] = kept - epsilon
                below = np.array(f(x))
                x[k] = kept
                d_x[k] = np.sum((above - below) * d_out) / (2 * epsilon)
                it.iternext()
            return d_x
        """,
    ),
    (
        "numerical_gradient",
        "flat",
        """
        def numerical_gradient(f, x, d_out, epsilon=1e-5):
            flat = np.array(x, dtype=float).ravel()
            slopes = []
            for k in range(flat.size):
                up, down = flat.copy(), flat.copy()
                up[k] += epsilon
                down[k] -= epsilon
                up, down = (np.sum(f(a.reshape(x.shape)) * d_out) for a in (up, down))
                slopes.append((up - down) / (2 * epsilon))
            return np.reshape(slopes, x.shape)
        """,
    ),
    (
        "numerical_gradient",
        "unit steps",
        """
        def numerical_gradient(f, x, d_out, epsilon=1e-5):
            steps = epsilon * np.eye(x.size).reshape(x.size, *x.shape)
            x = x.astype(np.float64)
            return np.array([
                0.5 * np.sum(d_out * (f(x + step) - f(x - step))) / epsilon for step in steps
            ]).reshape(x.shape)
        """,
    ),
    (
        "numerical_gradient",
        "in place where it can",
        """
        def numerical_gradient(f, x, d_out, epsilon=1e-5):
            if x.dtype != np.float64:
                x = x.astype(np.float64)
            f(x)
            d_x = np.empty(x.shape)
            for k in np.ndindex(*x.shape):
                kept, values = x[k], []
                for sign in (+1, -1):
                    x[k] = kept + sign * epsilon
                    values.append(np.vdot(f(x), np.broadcast_to(d_out, np.shape(f(x)))))
                x[k] = kept
                d_x[k] = (values[0] - values[1]) / (2 * epsilon)
            return d_x
        """,
    ),
    (
        "col2im",
        "column by column",
        """
        def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
            n, c, h, w = x_shape
            p = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
            column = 0
            for a in range(n):
                for top in range(0, p.shape[2] - kernel_height + 1, stride):
                    for left in range(0, p.shape[3] - kernel_width + 1, stride):
                        window = cols[:, column].reshape(c, kernel_height, kernel_width)
                        p[a, :, top : top + kernel_height, left : left + kernel_width] += window
                        column += 1
            if padding == 0:
                return p
            return p[:, :, padding:-padding, padding:-padding]
        """,
    ),
    (
        "col2im",
        "np.add.at",
        """
        def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
            n, c, h, w = x_shape
            p = np.zeros((n, c, h + 2 * padding, w + 2 * padding), cols.dtype)
            oh = output_size(h, kernel_height, stride, padding)
            ow = output_size(w, kernel_width, stride, padding)
            k, u, v, a, i, j = np.ogrid[:c, :kernel_height, :kernel_width, :n, :oh, :ow]
            place = np.broadcast_arrays(a, k, i * stride + u, j * stride + v)
            np.add.at(p, tuple(place), cols.reshape(c, kernel_height, kernel_width, n, oh, ow))
            return p[:, :, padding : padding + h, padding : padding + w]
        """,
    ),
    (
        "col2im",
        "bincount",
        """
        def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
            n, c, h, w = x_shape
            numbers = np.arange(1, n * c * h * w + 1).reshape(x_shape)
            pad = ((0, 0), (0, 0), (padding, padding), (padding, padding))
            windows = np.lib.stride_tricks.sliding_window_view(
                np.pad(numbers, pad), (kernel_height, kernel_width), (2, 3)
            )[:, :, ::stride, ::stride]
            where = windows.transpose(1, 4, 5, 0, 2, 3).ravel()
            return np.bincount(where, cols.ravel(), numbers.size + 1)[1:].reshape(x_shape)
        """,
    ),
    (
        "col2im",
        "the transposed matrix",
        """
        def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
            n, c, h, w = x_shape
            oh = output_size(h, kernel_height, stride, padding)
            ow = output_size(w, kernel_width, stride, padding)
            down = np.zeros((kernel_height, oh, h))
            for u, i in np.ndindex(kernel_height, oh):
                if 0 <= i * stride + u - padding < h:
                    down[u, i, i * stride + u - padding] = 1
            across = np.zeros((kernel_width, ow, w))
            for v, j in np.ndindex(kernel_width, ow):
                if 0 <= j * stride + v - padding < w:
                    across[v, j, j * stride + v - padding] = 1
            windows = cols.reshape(c, kernel_height, kernel_width, n, oh, ow)
            return np.einsum("cuvnij,uih,vjw->nchw", windows, down, across, optimize=True)
        """,
    ),
    (
        "col2im",
        "added into a strided view",
        """
        def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
            n, c, h, w = x_shape
            p = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
            view = np.lib.stride_tricks.sliding_window_view(
                p, (kernel_height, kernel_width), (2, 3), writeable=True
            )[:, :, ::stride, ::stride]
            windows = cols.reshape(c, kernel_height, kernel_width, n, *view.shape[2:4])
            for i, j in np.ndindex(view.shape[2:4]):
                view[:, :, i, j] += windows[..., i, j].transpose(3, 0, 1, 2)
            return p[..., padding : h + padding, padding : w + padding]
        """,
    ),
    (
        "conv2d_backward",
        "loops, without columns",
        """
        def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
            _, _, h, w = x.shape
            _, _, kh, kw = weights.shape
            p = np.pad(x, [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2])
            d_p, d_weights = np.zeros(p.shape), np.zeros(weights.shape)
            d_bias = np.zeros(len(weights))
            for n, f, i, j in np.ndindex(d_out.shape):
                here = (n, slice(None), slice(i * stride, i * stride + kh),
                        slice(j * stride, j * stride + kw))
                d_p[here] += weights[f] * d_out[n, f, i, j]
                d_weights[f] += p[here] * d_out[n, f, i, j]
                d_bias[f] += d_out[n, f, i, j]
            return d_p[:, :, padding : padding + h, padding : padding + w], d_weights, d_bias
        """,
    ),
    (
        "conv2d_backward",
        "einsum",
        """
        def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
            f, c, kh, kw = weights.shape
            n, _, oh, ow = d_out.shape
            windows = cols.reshape(c, kh, kw, n, oh, ow)
            d_weights = np.einsum("nfij,cuvnij->fcuv", d_out, windows)
            d_cols = np.einsum("nfij,fcuv->cuvnij", d_out, weights).reshape(c * kh * kw, -1)
            d_x = col2im(d_cols, x.shape, kh, kw, stride, padding)
            return d_x, d_weights, np.einsum("nfij->f", d_out)
        """,
    ),
    (
        "conv2d_backward",
        "tensordot, filter last",
        """
        def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
            rows = np.moveaxis(d_out, 1, -1).reshape(-1, len(weights))
            d_weights = (cols @ rows).T.reshape(weights.shape)
            d_cols = np.tensordot(weights.reshape(len(weights), -1), rows, ((0,), (1,)))
            d_x = col2im(d_cols, x.shape, *weights.shape[2:], stride=stride, padding=padding)
            return [d_x, d_weights, rows.sum(0)]
        """,
    ),
    (
        "conv2d_backward",
        "image by image",
        """
        def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
            f, _, kh, kw = weights.shape
            d_x, d_weights, d_bias = [], 0.0, 0.0
            for part, of_image, image in zip(np.split(cols, len(x), axis=1), d_out, x):
                rows = of_image.reshape(f, -1)
                d_weights = d_weights + (rows @ part.T).reshape(weights.shape)
                d_bias = d_bias + rows.sum(axis=1)
                back = weights.reshape(f, -1).T @ rows
                d_x.append(col2im(back, (1, *image.shape), kh, kw, stride, padding)[0])
            return np.array(d_x), d_weights, d_bias
        """,
    ),
    (
        "conv2d_backward",
        "columns cut again from the picture",
        """
        from a1_convolution.convolution import im2col

        def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
            cols = im2col(x, *weights.shape[2:], stride, padding)
            return right(d_out, x, weights, cols, stride, padding)
        """,
    ),
]


def right_variants() -> list[tuple[str, str, str]]:
    forms = []
    for name in NAMES:
        if name == "output_size":
            continue
        # A numerical gradient computed in float32 is not accurate enough.
        results = FORMS if name == "numerical_gradient" else FORMS | SINGLE
        for form, result in results.items():
            forms.append((name, form, FORMED.format(name=name, result=result)))
    return RIGHT + forms
