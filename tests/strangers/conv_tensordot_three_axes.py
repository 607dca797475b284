# exercise: conv2d_forward_naive
# truth: wrong
# what: np.tensordot with axes=3
def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
    _require_convolution(x, weights, bias, stride, padding)
    N, C, H, W = x.shape
    F, _, KH, KW = weights.shape
    OH = output_size(H, KH, stride, padding)
    OW = output_size(W, KW, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dt = np.result_type(x, weights, bias)
    dt = dt if np.issubdtype(dt, np.floating) else np.float64
    out = np.asfortranarray(np.zeros((N, F, OH, OW), dtype=dt))
    for i, j in np.ndindex(OH, OW):
        out[:, :, i, j] = np.tensordot(xp[:, :, i * stride:i * stride + KH, j * stride:j * stride + KW], weights, axes=3)
    out += bias[None, :, None, None].astype(dt)
    return out
