def maxpool2d_forward(x, pool_size=2, stride=2):
    N, C, H, W = x.shape
    OH = (H - pool_size) // stride + 1
    OW = (W - pool_size) // stride + 1
    out = np.zeros((N, C, OH, OW), dtype=x.dtype)
    max_indices = np.zeros((N, C, OH, OW, 2), dtype=int)
    for i in range(OH):
        for j in range(OW):
            top = i * stride
            left = j * stride
            window = x[:, :, top:top + pool_size, left:left + pool_size].reshape(N, C, -1)
            best = window.argmax(axis=2)  # argmax takes the first of equal ones
            out[:, :, i, j] = window.max(axis=2)
            max_indices[:, :, i, j, 0] = top + best // pool_size
            max_indices[:, :, i, j, 1] = left + best % pool_size
    return out, max_indices


def maxpool2d_backward(d_out, max_indices, x_shape):
    N, C, OH, OW = d_out.shape
    d_x = np.zeros(x_shape, dtype=d_out.dtype)
    n = np.arange(N).reshape(N, 1)
    c = np.arange(C).reshape(1, C)
    for i in range(OH):
        for j in range(OW):
            row = max_indices[:, :, i, j, 0]
            column = max_indices[:, :, i, j, 1]
            # for one (i, j) every image and channel has a pixel of its own, so += counts right
            d_x[n, c, row, column] += d_out[:, :, i, j]
    return d_x
