# exercise: maxpool2d_backward
# truth: wrong
# what: the column is read from the row's place
def maxpool2d_backward(d_out, max_indices, x_shape):
    N, C = x_shape[:2]
    d_x = np.zeros(x_shape, dtype=d_out.dtype)
    row = max_indices[..., 0]
    col = max_indices[..., 0]
    np.add.at(d_x, (np.arange(N)[:, None, None, None], np.arange(C)[:, None, None], row, col), d_out)
    return d_x
