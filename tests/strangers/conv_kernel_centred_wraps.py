# exercise: conv2d_forward_naive
# truth: wrong
# what: kernel centred on the pixel (range from -KH//2)
def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
    _require_convolution(x, weights, bias, stride, padding)
    N, C, H, W = x.shape
    F, _, KH, KW = weights.shape
    OH = output_size(H, KH, stride, padding)
    OW = output_size(W, KW, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((N, F, OH, OW), dtype=np.result_type(x, weights, bias, np.float32))
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    s = 0.0
                    for c in range(C):
                        for u in range(KH):
                            for v in range(KW):
                                r, q = (i * stride + u - KH // 2, j * stride + v - KW // 2)
                                if 0 <= r < xp.shape[2] and 0 <= q < xp.shape[3]:
                                    s += xp[n, c, r, q] * weights[f, c, u, v]
                    out[n, f, i, j] = s + bias[f]
    return out
