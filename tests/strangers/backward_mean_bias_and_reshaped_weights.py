# exercise: conv2d_backward
# truth: wrong
# what: two mistakes: d_bias is a mean, (cols @ rows.T).reshape without a transpose
def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
    F, C, KH, KW = weights.shape
    rows = d_out.transpose(1, 0, 2, 3).reshape(F, -1)
    dw = (cols @ rows.T).reshape(weights.shape)
    dx = col2im(weights.reshape(F, -1).T @ rows, x.shape, KH, KW, stride, padding)
    return dx, dw, rows.mean(axis=1)
