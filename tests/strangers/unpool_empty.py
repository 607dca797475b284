# exercise: maxpool2d_backward
# truth: wrong
# what: np.empty in place of np.zeros
def maxpool2d_backward(d_out, max_indices, x_shape):
    N, C, OH, OW = d_out.shape
    d_x = np.empty(x_shape)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    r, s = max_indices[n, c, i, j]
                    d_x[n, c, r, s] += d_out[n, c, i, j]
    return d_x
