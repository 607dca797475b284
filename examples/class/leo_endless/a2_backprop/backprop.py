def numerical_gradient(f, x, d_out, epsilon=1e-05):
    x = np.array(x, dtype=np.float64)
    d_x = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        here = it.multi_index
        before = x[here]
        x[here] = before + epsilon
        up = np.sum(f(x) * d_out)
        x[here] = before - epsilon
        down = np.sum(f(x) * d_out)
        x[here] = before
        d_x[here] = (up - down) / (2 * epsilon)
    return d_x
