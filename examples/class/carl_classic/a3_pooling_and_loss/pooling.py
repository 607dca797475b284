def maxpool2d_forward(x, pool_size=2, stride=2):
    N, C, H, W = x.shape
    OH = (H - pool_size) // stride + 1
    OW = (W - pool_size) // stride + 1
    out = np.zeros((N, C, OH, OW))
    max_indices = np.zeros((N, C, OH, OW, 2), dtype=int)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    window = x[n, c, i*stride:i*stride+pool_size, j*stride:j*stride+pool_size]
                    out[n, c, i, j] = np.max(window)
                    max_indices[n, c, i, j] = np.unravel_index(np.argmax(window), window.shape)
    return out, max_indices


def maxpool2d_backward(d_out, max_indices, x_shape):
    N, C, OH, OW = d_out.shape
    d_x = np.zeros(x_shape)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    r, s = max_indices[n, c, i, j]
                    d_x[n, c, r, s] = d_out[n, c, i, j]
    return d_x
