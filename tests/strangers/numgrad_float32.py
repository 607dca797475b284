# exercise: numerical_gradient
# truth: wrong
# what: works in float32, where a nudge of 1e-5 is mostly rounding
def numerical_gradient(f, x, d_out, epsilon=1e-5):
    x = x.astype(np.float32)
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        kept = x[idx]
        x[idx] = kept + epsilon
        a = np.sum(f(x) * d_out)
        x[idx] = kept - epsilon
        b = np.sum(f(x) * d_out)
        x[idx] = kept
        grad[idx] = (a - b) / (2 * epsilon)
    return grad.astype(np.float64)
