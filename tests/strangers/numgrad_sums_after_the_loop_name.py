# exercise: numerical_gradient
# truth: wrong
# what: the division is outside the loop: only the last entry is divided
def numerical_gradient(f, x, d_out, epsilon=1e-5):
    x = np.array(x, dtype=float)
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        v = x[idx]
        x[idx] = v + epsilon
        a = np.sum(f(x) * d_out)
        x[idx] = v - epsilon
        b = np.sum(f(x) * d_out)
        x[idx] = v
        grad[idx] = a - b
    grad[idx] /= 2 * epsilon
    return grad
