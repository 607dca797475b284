# exercise: dense_backward
# truth: wrong
# what: weights.reshape(M, D) in place of weights.T
def dense_backward(d_out, x, weights):
    D, M = weights.shape
    dx = d_out @ weights.reshape(M, D)
    return dx, x.T @ d_out, d_out.sum(0)
