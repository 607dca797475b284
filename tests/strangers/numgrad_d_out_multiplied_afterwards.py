# exercise: numerical_gradient
# truth: wrong
# what: sums f without d_out and multiplies the finished gradient by d_out
def numerical_gradient(f, x, d_out, epsilon=1e-5):
    x = x.astype(np.float64)
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        ix = it.multi_index
        old = x[ix]
        x[ix] = old + epsilon
        pos = np.sum(f(x))
        x[ix] = old - epsilon
        neg = np.sum(f(x))
        x[ix] = old
        grad[ix] = (pos - neg) / (2 * epsilon)
        it.iternext()
    return grad * d_out
