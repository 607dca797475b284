# exercise: conv2d_backward
# truth: wrong
# what: d_out /= N at the beginning: the caller's array changes and everything is a mean
def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
    d_out /= x.shape[0]
    F, C, KH, KW = weights.shape
    rows = d_out.transpose(1, 0, 2, 3).reshape(F, -1)
    dw = (rows @ cols.T).reshape(weights.shape)
    dx = col2im(weights.reshape(F, -1).T @ rows, x.shape, KH, KW, stride, padding)
    return dx, dw, rows.sum(axis=1)
