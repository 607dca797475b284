# exercise: softmax
# truth: wrong
# what: exp stored into zeros_like(logits): integer logits give 0
def softmax(logits):
    if np.ndim(logits) != 2:
        raise ValueError(f"logits must be 2-D (N, K), but its shape is {np.shape(logits)}")
    p = np.zeros_like(logits)
    for n in range(len(logits)):
        e = np.exp(logits[n] - logits[n].max())
        p[n] = e / e.sum()
    return p
