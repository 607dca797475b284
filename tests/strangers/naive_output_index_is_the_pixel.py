# exercise: conv2d_forward_naive
# truth: wrong
# what: loops over starts with a step, and writes out[n, f, start]: IndexError for stride > 1
def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = weights.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    OH, OW = output_size(H, KH, stride, padding), output_size(W, KW, stride, padding)
    out = np.zeros((N, F, OH, OW))
    for n in range(N):
        for f in range(F):
            for i in range(0, H + 2 * padding - KH + 1, stride):
                for j in range(0, W + 2 * padding - KW + 1, stride):
                    out[n, f, i, j] = (
                        np.sum(xp[n, :, i : i + KH, j : j + KW] * weights[f]) + bias[f]
                    )
    return out
