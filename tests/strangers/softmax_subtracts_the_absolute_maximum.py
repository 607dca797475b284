# exercise: softmax
# truth: wrong
# what: subtracts abs max (very negative logits underflow)
def softmax(logits):
    if np.ndim(logits) != 2:
        raise ValueError(f"logits must be 2-D (N, K), but its shape is {np.shape(logits)}")
    e = np.exp(logits - np.abs(logits).max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
