# exercise: conv2d_forward_fast
# truth: wrong
# what: out + bias: the bias meets the columns
def conv2d_forward_fast(x, weights, bias, stride=1, padding=0):
    KH, KW = weights.shape[2:]
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    win = np.lib.stride_tricks.sliding_window_view(x, (KH, KW), axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncijuv,fcuv->nfij", win, weights, optimize=True) + bias
