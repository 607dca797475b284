from functools import reduce


class Conv2D:
    def forward(self, x):
        self.x = x
        w, b = (p.value for p in self.parameters())
        y, self.cols = conv2d_forward(x, w, b, stride=self.stride, padding=self.padding)
        return y

    def backward(self, d_out):
        d_x, *gradients = conv2d_backward(
            d_out, self.x, self.weights.value, self.cols, stride=self.stride, padding=self.padding
        )
        for p, g in zip(self.parameters(), gradients):
            p.grad += g
        return d_x


class MaxPool2D:
    def forward(self, x):
        y, *self.memory = *maxpool2d_forward(x, self.pool_size, self.stride), x.shape
        return y

    def backward(self, d_out):
        return maxpool2d_backward(d_out, *self.memory)


class Dense:
    def forward(self, x):
        self.x = x
        return dense_forward(x, *(p.value for p in self.parameters()))

    def backward(self, d_out):
        d_x, *gradients = dense_backward(d_out, self.x, self.weights.value)
        for p, g in zip(self.parameters(), gradients):
            p.grad += g
        return d_x


class CNN:
    def parameters(self):
        return sum((layer.parameters() for layer in self.layers), [])

    def forward(self, x):
        return reduce(lambda value, layer: layer.forward(value), self.layers, x)

    def backward(self, d_out):
        return reduce(lambda value, layer: layer.backward(value), self.layers[::-1], d_out)


class SGD:
    def step(self):
        self.velocities = [
            self.momentum * v - self.learning_rate * p.grad
            for v, p in zip(self.velocities, self.parameters)
        ]
        for v, p in zip(self.velocities, self.parameters):
            p.value += v


def train_epoch(model, optimizer, images, labels, batch_size, rng):
    order = rng.permutation(len(images))
    losses, sizes = [], []
    for batch in np.split(order, range(batch_size, len(order), batch_size)):
        model.zero_grad()
        q = softmax(model.forward(images[batch]))
        losses.append(cross_entropy(q, labels[batch]))
        sizes.append(len(batch))
        model.backward(softmax_cross_entropy_backward(q, labels[batch]))
        optimizer.step()
    return float(np.average(losses, weights=sizes))
