# exercise: maxpool2d_backward
# truth: wrong
# what: adds the place of the output to max_indices
def maxpool2d_backward(d_out, max_indices, x_shape):
    if np.ndim(d_out) != 4 or np.shape(max_indices) != (*np.shape(d_out), 2):
        raise ValueError(f'max_indices must have shape (*d_out.shape, 2) = {(*np.shape(d_out), 2)}, but has {np.shape(max_indices)}')
    if len(x_shape) != 4 or tuple(x_shape[:2]) != d_out.shape[:2]:
        raise ValueError(f'x_shape {tuple(x_shape)} and d_out {d_out.shape} do not agree in (N, C)')
    N, C, OH, OW = d_out.shape
    d_x = np.zeros(x_shape, dtype=d_out.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    r, s = max_indices[n, c, i, j]
                    d_x[n, c, i + r, j + s] += d_out[n, c, i, j]
    return d_x
