# exercise: dense_backward
# truth: wrong
# what: x not transposed
def dense_backward(d_out, x, weights):
    return d_out @ weights.T, x @ d_out, d_out.sum(axis=0)
