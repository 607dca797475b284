# exercise: dense_backward
# truth: wrong
# what: x not transposed
def dense_backward(d_out, x, weights):
    if np.shape(d_out) != (np.shape(x)[0], np.shape(weights)[1]):
        raise ValueError(
            f"d_out must have shape {(np.shape(x)[0], np.shape(weights)[1])}, "
            f"but has {np.shape(d_out)}"
        )
    return d_out @ weights.T, x @ d_out, d_out.sum(axis=0)
