def relu_backward(d_out, x):
    return d_out * (d_out > 0)


def dense_backward(d_out, x, weights):
    d_x = d_out @ weights.T
    d_weights = x.T @ d_out
    d_bias = d_out.mean(axis=0)
    return d_x, d_weights, d_bias
