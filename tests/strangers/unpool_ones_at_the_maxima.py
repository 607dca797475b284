# exercise: maxpool2d_backward
# truth: wrong
# what: puts 1 at the maxima, d_out is forgotten
def maxpool2d_backward(d_out, max_indices, x_shape):
    N, C, OH, OW = d_out.shape
    mask = np.zeros(x_shape)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    mask[n, c, max_indices[n, c, i, j, 0], max_indices[n, c, i, j, 1]] = 1
    return mask
