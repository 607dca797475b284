def numerical_gradient(f, x, d_out, epsilon=1e-05):
    point = np.array(x, dtype=float, order="C")
    gradient = np.zeros(point.shape)
    flat_point = point.reshape(-1)
    flat_gradient = gradient.reshape(-1)
    for k in range(flat_point.size):
        old = flat_point[k]
        flat_point[k] = old + epsilon
        plus = np.sum(f(point) * d_out)
        flat_point[k] = old - epsilon
        minus = np.sum(f(point) * d_out)
        flat_point[k] = old
        flat_gradient[k] = (plus - minus) / (2 * epsilon)
    return gradient


def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
    N, C, H, W = x_shape
    OH = output_size(H, kernel_height, stride, padding)
    OW = output_size(W, kernel_width, stride, padding)
    big = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=cols.dtype)
    by_place = cols.reshape(-1, N, OH * OW)
    for i in range(OH):
        for j in range(OW):
            patch = by_place[:, :, i * OW + j].T.reshape(N, C, kernel_height, kernel_width)
            top = i * stride
            left = j * stride
            # += because neighbouring windows overlap
            big[:, :, top:top + kernel_height, left:left + kernel_width] += patch
    return big[:, :, padding:padding + H, padding:padding + W]


def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
    F, C, KH, KW = weights.shape
    d_bias = np.zeros(F, dtype=d_out.dtype)
    for f in range(F):
        d_bias[f] = d_out[:, f].sum()
    rows = np.swapaxes(d_out, 0, 1).reshape(F, -1)
    d_weights = np.dot(rows, cols.T).reshape(F, C, KH, KW)
    d_cols = np.dot(weights.reshape(F, -1).T, rows)
    d_x = col2im(d_cols, x.shape, KH, KW, stride, padding)
    return d_x, d_weights, d_bias
