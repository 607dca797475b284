# exercise: conv2d_forward_naive
# truth: wrong
# what: accumulates into a view of bias
def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
    _require_convolution(x, weights, bias, stride, padding)
    N, C, H, W = x.shape
    F, _, KH, KW = weights.shape
    OH = output_size(H, KH, stride, padding)
    OW = output_size(W, KW, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((N, F, OH, OW), dtype=np.result_type(x, weights, bias, np.float32))
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                acc = bias
                w = xp[n, :, i * stride : i * stride + KH, j * stride : j * stride + KW]
                acc += np.sum(w * weights, axis=(1, 2, 3))
                out[n, :, i, j] = acc
    return out
