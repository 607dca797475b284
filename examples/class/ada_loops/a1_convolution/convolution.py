def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
    N, C, H, W = x.shape
    F, _, KH, KW = weights.shape
    OH = output_size(H, KH, stride, padding)
    OW = output_size(W, KW, stride, padding)

    # my own padding: a bigger picture of zeros with x in the middle
    big = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=x.dtype)
    big[:, :, padding:padding + H, padding:padding + W] = x

    single = x.dtype == weights.dtype == bias.dtype == np.float32
    out = np.zeros((N, F, OH, OW), dtype=np.float32 if single else np.float64)
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    total = bias[f]
                    for u in range(KH):
                        for v in range(KW):
                            for c in range(C):
                                total = total + big[n, c, i * stride + u, j * stride + v] * weights[f, c, u, v]
                    out[n, f, i, j] = total
    return out


def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
    N, C, H, W = x.shape
    OH = output_size(H, kernel_height, stride, padding)
    OW = output_size(W, kernel_width, stride, padding)
    big = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=x.dtype)
    big[:, :, padding:padding + H, padding:padding + W] = x

    # One place of the window at a time, but all the images together.
    cols = np.zeros((C * kernel_height * kernel_width, N, OH * OW), dtype=x.dtype)
    for i in range(OH):
        for j in range(OW):
            top = i * stride
            left = j * stride
            patch = big[:, :, top:top + kernel_height, left:left + kernel_width]
            cols[:, :, i * OW + j] = patch.reshape(N, -1).T
    return cols.reshape(C * kernel_height * kernel_width, N * OH * OW)


def conv2d_forward(x, weights, bias, stride=1, padding=0):
    N = x.shape[0]
    F, _, KH, KW = weights.shape
    OH = output_size(x.shape[2], KH, stride, padding)
    OW = output_size(x.shape[3], KW, stride, padding)
    cols = im2col(x, KH, KW, stride, padding)
    flat_weights = weights.reshape(F, -1)
    product = flat_weights @ cols
    for f in range(F):
        if f == 0:
            product = product.astype(np.result_type(product, bias, np.float32))
        product[f] += bias[f]
    product = product.reshape(F, N, OH, OW)
    return np.swapaxes(product, 0, 1), cols
