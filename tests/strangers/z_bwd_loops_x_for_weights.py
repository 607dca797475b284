# exercise: conv2d_backward
# truth: wrong
# what: dxp gets x * g, dw gets weights * g... mixed up
def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
    N, C, H, W = x.shape
    F, C, KH, KW = weights.shape
    OH, OW = d_out.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dxp = np.zeros(xp.shape)
    dw = np.zeros(weights.shape)
    db = np.zeros(F)
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    a, b = i * stride, j * stride
                    g = d_out[n, f, i, j]
                    db[f] += g
                    dw[f] += weights[f] * g
                    dxp[n, :, a:a + KH, b:b + KW] += weights[f] * g
    return dxp[:, :, padding:padding + H, padding:padding + W], dw, db
