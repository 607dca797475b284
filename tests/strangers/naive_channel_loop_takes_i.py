# exercise: conv2d_forward_naive
# truth: wrong
# what: the name i is used for the output row and for the channel
def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = weights.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    OH, OW = output_size(H, KH, stride, padding), output_size(W, KW, stride, padding)
    out = np.zeros((N, F, OH, OW))
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    s = bias[f]
                    r, t = i * stride, j * stride
                    for i in range(C):
                        s = s + np.sum(xp[n, i, r : r + KH, t : t + KW] * weights[f, i])
                    out[n, f, i, j] = s
    return out
