def numerical_gradient(f, x, d_out, epsilon=1e-05):
    def loss(point):
        return np.sum(f(point) * d_out)

    x = np.asarray(x).astype(np.float64)
    slopes = []
    for k in range(x.size):
        nudge = np.zeros(x.size)
        nudge[k] = epsilon
        nudge = nudge.reshape(x.shape)
        slopes.append((loss(x + nudge) - loss(x - nudge)) / 2 / epsilon)
    return np.array(slopes, dtype=np.float64).reshape(x.shape)


def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
    n, c, h, w = x_shape
    oh = output_size(h, kernel_height, stride, padding)
    ow = output_size(w, kernel_width, stride, padding)
    hp, wp = h + 2 * padding, w + 2 * padding
    # Which pixel (of the padded, flattened batch) did im2col take each number from?
    c_, u, v, n_, i, j = np.ogrid[:c, :kernel_height, :kernel_width, :n, :oh, :ow]
    pixel = ((n_ * c + c_) * hp + i * stride + u) * wp + j * stride + v
    summed = np.bincount(pixel.ravel(), weights=cols.ravel(), minlength=n * c * hp * wp)
    padded = summed.reshape(n, c, hp, wp).astype(cols.dtype)
    return padded[:, :, padding : hp - padding, padding : wp - padding]


def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
    f, c, kh, kw = weights.shape
    n, _, oh, ow = d_out.shape
    windows = cols.reshape(c * kh * kw, n, oh, ow)
    d_weights = np.einsum("nfij,knij->fk", d_out, windows, optimize=True).reshape(f, c, kh, kw)
    d_cols = np.einsum("fk,nfij->knij", weights.reshape(f, -1), d_out, optimize=True)
    d_x = col2im(d_cols.reshape(cols.shape), x.shape, kh, kw, stride, padding)
    return d_x, d_weights, np.einsum("nfij->f", d_out)
