# exercise: conv2d_forward_naive
# truth: wrong
# what: accumulator total not reset per output pixel (reset per filter)
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
                total = 0.0
                for j in range(OW):
                    for c in range(C):
                        for u in range(KH):
                            for v in range(KW):
                                total += (
                                    xp[n, c, i * stride + u, j * stride + v] * weights[f, c, u, v]
                                )
                    out[n, f, i, j] = total + bias[f]
    return out
