def numerical_gradient(f, x, d_out, epsilon=1e-05):
    x = x.astype(np.float64)
    grad = np.zeros_like(x)
    base = np.sum(f(x) * d_out)
    for idx in np.ndindex(x.shape):
        x[idx] += epsilon
        grad[idx] = (np.sum(f(x) * d_out) - base) / epsilon
        x[idx] -= epsilon
    return grad


def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
    N, C, H, W = x_shape
    OH = output_size(H, kernel_height, stride, padding)
    OW = output_size(W, kernel_width, stride, padding)
    x_pad = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    col = 0
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                si, sj = i * stride, j * stride
                patch = cols[:, col].reshape(C, kernel_height, kernel_width)
                x_pad[n, :, si:si+kernel_height, sj:sj+kernel_width] = patch
                col += 1
    return x_pad[:, :, padding:H+padding, padding:W+padding]


def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
    F, C, KH, KW = weights.shape
    N = x.shape[0]
    d_bias = np.sum(d_out, axis=(0, 2, 3))
    d_out_flat = d_out.transpose(1, 0, 2, 3).reshape(F, -1)
    d_weights = (d_out_flat @ cols.T).reshape(weights.shape)
    d_cols = weights.reshape(F, -1).T @ d_out_flat
    d_x = col2im(d_cols, x.shape, KH, KW, stride, padding)
    return d_x, d_weights / N, d_bias / N
