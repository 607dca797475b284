# exercise: conv2d_forward_naive
# truth: wrong
# what: the window starts at i*stride but ends at i + KH
def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = weights.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    OH, OW = output_size(H, KH, stride, padding), output_size(W, KW, stride, padding)
    out = np.zeros((N, F, OH, OW))
    for i in range(OH):
        for j in range(OW):
            win = xp[:, :, i * stride : i + KH, j * stride : j + KW]
            for f in range(F):
                out[:, f, i, j] = np.sum(win * weights[f], axis=(1, 2, 3)) + bias[f]
    return out
