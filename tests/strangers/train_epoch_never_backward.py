# exercise: train_epoch
# truth: wrong
# what: backward is never called, so every step finds gradients of zero
def train_epoch(model, optimizer, images, labels, batch_size, rng):
    N = len(images)
    order = rng.permutation(N)
    total = 0.
    for s in range(0, N, batch_size):
        b = order[s:s+batch_size]
        model.zero_grad()
        p = softmax(model.forward(images[b]))
        total += cross_entropy(p, labels[b]) * len(b)
        d = softmax_cross_entropy_backward(p, labels[b])
        optimizer.step()
    return total / N
