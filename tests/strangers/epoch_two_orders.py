# exercise: train_epoch
# truth: wrong
# what: a second permutation for the labels
def train_epoch(model, optimizer, images, labels, batch_size, rng):
    if len(images) == 0 or len(images) != len(labels):
        raise ValueError(f'{len(images)} images and {len(labels)} labels do not go together')
    if batch_size < 1:
        raise ValueError(f'batch_size must be at least 1, but it is {batch_size}')
    N = len(images)
    perm = rng.permutation(N)
    perm2 = rng.permutation(N)
    total = 0.0
    for s in range(0, N, batch_size):
        idx = perm[s:s + batch_size]
        xb, yb = (images[idx], labels[perm2[s:s + batch_size]])
        model.zero_grad()
        probs = softmax(model.forward(xb))
        total += cross_entropy(probs, yb) * len(idx)
        model.backward(softmax_cross_entropy_backward(probs, yb))
        optimizer.step()
    return total / N
