# exercise: softmax
# truth: wrong
# what: numerator shifted, denominator not
def softmax(logits):
    if np.ndim(logits) != 2:
        raise ValueError(f"logits must be 2-D (N, K), but its shape is {np.shape(logits)}")
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / np.exp(logits).sum(axis=1, keepdims=True)
