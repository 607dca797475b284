# exercise: conv2d_backward
# truth: wrong
# what: = for += in the gradient of the weights
def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
    for name, array in (('d_out', d_out), ('x', x), ('weights', weights)):
        if np.ndim(array) != 4:
            raise ValueError(f'{name} must be 4-D, but its shape is {np.shape(array)}')
    if d_out.shape[1] != weights.shape[0]:
        raise ValueError(f'd_out has {d_out.shape[1]} channels, but weights has {weights.shape[0]}')
    F, C, KH, KW = weights.shape
    N, _, OH, OW = d_out.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dxp = np.zeros_like(xp, dtype=float)
    dw = np.zeros_like(weights, dtype=float)
    db = np.zeros(F)
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    r, c = (i * stride, j * stride)
                    dxp[n, :, r:r + KH, c:c + KW] += weights[f] * d_out[n, f, i, j]
                    dw[f] = xp[n, :, r:r + KH, c:c + KW] * d_out[n, f, i, j]
                    db[f] += d_out[n, f, i, j]
    H, W = x.shape[2:]
    return (dxp[:, :, padding:padding + H, padding:padding + W], dw, db)
