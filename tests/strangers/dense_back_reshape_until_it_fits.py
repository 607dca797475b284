# exercise: dense_backward
# truth: wrong
# what: (d_out.T @ x).reshape(weights.shape)
def dense_backward(d_out, x, weights):
    dw = (d_out.T @ x).reshape(weights.shape)
    db = d_out.sum(axis=0)
    dx = d_out @ weights.T
    return dx, dw, db
