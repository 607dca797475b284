# exercise: relu_backward
# truth: wrong
# what: np.zeros_like(x) filled: integer x truncates the gradient
def relu_backward(d_out, x):
    if np.shape(d_out) != np.shape(x):
        raise ValueError(f"d_out has shape {np.shape(d_out)}, but x has {np.shape(x)}")
    d_x = np.zeros_like(x)
    d_x[x > 0] = d_out[x > 0]
    return d_x
