# exercise: softmax
# truth: wrong
# what: max of first row for all
def softmax(logits):
    if np.ndim(logits) != 2:
        raise ValueError(f"logits must be 2-D (N, K), but its shape is {np.shape(logits)}")
    e = np.exp(logits - logits[0].max())
    return e / e.sum(axis=1, keepdims=True)
