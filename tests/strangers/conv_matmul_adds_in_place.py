# exercise: conv2d_forward
# truth: wrong
# what: out += bias in place on integer product
def conv2d_forward(x, weights, bias, stride=1, padding=0):
    _require_convolution(x, weights, bias, stride, padding)
    N, C, H, W = x.shape
    F, _, KH, KW = weights.shape
    OH = output_size(H, KH, stride, padding)
    OW = output_size(W, KW, stride, padding)
    cols = im2col(x, KH, KW, stride, padding)
    out = weights.reshape(F, -1) @ cols
    out += bias.reshape(-1, 1)
    out = out.reshape(F, N, OH, OW).transpose(1, 0, 2, 3)
    return (out.astype(np.result_type(out, np.float32)), cols)
