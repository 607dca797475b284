# exercise: maxpool2d_forward
# truth: wrong
# what: keeps argmax of the window as it is
def maxpool2d_forward(x, pool_size=2, stride=2):
    if np.ndim(x) != 4:
        raise ValueError(f'x must be 4-D (N, C, H, W), but its shape is {np.shape(x)}')
    if pool_size < 1 or stride < 1:
        raise ValueError(f'pool_size ({pool_size}) and stride ({stride}) must be at least 1')
    if pool_size > min(x.shape[2:]):
        raise ValueError(f'pool_size ({pool_size}) is larger than the image {x.shape[2:]}')
    N, C, H, W = x.shape
    OH = (H - pool_size) // stride + 1
    OW = (W - pool_size) // stride + 1
    out = np.zeros((N, C, OH, OW), dtype=x.dtype)
    idx = np.zeros((N, C, OH, OW), dtype=int)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    win = x[n, c, i * stride:i * stride + pool_size, j * stride:j * stride + pool_size]
                    out[n, c, i, j] = win.max()
                    r, s = np.unravel_index(win.argmax(), win.shape)
                    idx[n, c, i, j] = win.argmax()
    return (out, idx)
