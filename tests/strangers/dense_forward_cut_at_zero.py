# exercise: dense_forward
# truth: wrong
# what: negative outputs are cut off at 0
def dense_forward(x, weights, bias):
    if np.ndim(x) != 2:
        raise ValueError(f'x must be 2-D (N, D), but its shape is {np.shape(x)}')
    if x.shape[1] != np.shape(weights)[0]:
        raise ValueError(f'x has {x.shape[1]} features, but weights has {np.shape(weights)[0]}')
    if np.shape(bias) != np.shape(weights)[1:]:
        raise ValueError(f'bias must have shape {np.shape(weights)[1:]}, but has {np.shape(bias)}')
    return np.maximum(0, x @ weights + bias)
