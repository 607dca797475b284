class Conv2D:
    def forward(self, x):
        out, cols = conv2d_forward(x, self.weights.value, self.bias.value, self.stride, self.padding)
        self.seen = (x, cols)
        return out

    def backward(self, d_out):
        x, cols = self.seen
        d_x, d_w, d_b = conv2d_backward(d_out, x, self.weights.value, cols, self.stride, self.padding)
        self.weights.grad = self.weights.grad + d_w
        self.bias.grad = self.bias.grad + d_b
        return d_x


class Dense:
    def forward(self, x):
        self.seen = x
        return dense_forward(x, self.weights.value, self.bias.value)

    def backward(self, d_out):
        d_x, d_w, d_b = dense_backward(d_out, self.seen, self.weights.value)
        self.weights.grad = self.weights.grad + d_w
        self.bias.grad = self.bias.grad + d_b
        return d_x


class CNN:
    def parameters(self):
        found = []
        for layer in self.layers:
            for p in layer.parameters():
                found.append(p)
        return found

    def forward(self, x):
        out = x
        for i in range(len(self.layers)):
            out = self.layers[i].forward(out)
        return out

    def backward(self, d_out):
        for i in range(len(self.layers) - 1, -1, -1):
            d_out = self.layers[i].backward(d_out)
        return d_out


class SGD:
    def step(self):
        for k in range(len(self.parameters)):
            p = self.parameters[k]
            self.velocities[k] = self.momentum * self.velocities[k] - self.learning_rate * p.grad
            p.value = p.value + self.velocities[k]


def train_epoch(model, optimizer, images, labels, batch_size, rng):
    N = len(images)
    order = rng.permutation(N)
    loss_of_all = 0.0
    start = 0
    while start < N:
        chosen = order[start:start + batch_size]
        x = images[chosen]
        y = labels[chosen]
        model.zero_grad()
        p = softmax(model.forward(x))
        loss_of_all += cross_entropy(p, y) * len(y)
        model.backward(softmax_cross_entropy_backward(p, y))
        optimizer.step()
        start += batch_size
    return loss_of_all / N
