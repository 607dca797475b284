# exercise: softmax
# truth: wrong
# what: base 2
def softmax(logits):
    if np.ndim(logits) != 2:
        raise ValueError(f"logits must be 2-D (N, K), but its shape is {np.shape(logits)}")
    e = 2.0 ** (logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
