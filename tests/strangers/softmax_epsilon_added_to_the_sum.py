# exercise: softmax
# truth: wrong
# what: adds 0.001 to the sum in the denominator
def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / (e.sum(axis=1, keepdims=True) + 1e-3)
