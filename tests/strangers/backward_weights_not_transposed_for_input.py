# exercise: conv2d_backward
# truth: wrong
# what: weights not transposed
def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
    filters, _, kernel_height, kernel_width = weights.shape
    d_out_rows = d_out.transpose(1, 0, 2, 3).reshape(filters, -1)
    d_bias = d_out_rows.sum(axis=1)
    d_weights = (d_out_rows @ cols.T).reshape(weights.shape)
    d_cols = weights.reshape(filters, -1) @ d_out_rows
    d_x = col2im(d_cols, x.shape, kernel_height, kernel_width, stride, padding)
    return d_x, d_weights, d_bias
