def relu_forward(x):
    out = x.copy()
    out[x < 0] = 0
    return out


def relu_backward(d_out, x):
    d_x = d_out.copy()
    d_x[x <= 0] = 0
    return d_x
