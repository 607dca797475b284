def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
    N, C, H, W = x.shape
    F, C, KH, KW = weights.shape
    OH = output_size(H, KH, stride, padding)
    OW = output_size(W, KW, stride, padding)
    x_pad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((N, F, OH, OW))
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    window = x_pad[n, :, i:i+KH, j:j+KW]
                    out[n, f, i, j] = np.sum(window * weights[f]) + bias[f]
    return out


def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
    N, C, H, W = x.shape
    OH = output_size(H, kernel_height, stride, padding)
    OW = output_size(W, kernel_width, stride, padding)
    x_pad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    cols = np.zeros((C * kernel_height * kernel_width, N * OH * OW))
    col = 0
    for i in range(OH):
        for j in range(OW):
            for n in range(N):
                si, sj = i * stride, j * stride
                cols[:, col] = x_pad[n, :, si:si+kernel_height, sj:sj+kernel_width].ravel()
                col += 1
    return cols


def conv2d_forward(x, weights, bias, stride=1, padding=0):
    F, C, KH, KW = weights.shape
    N, C, H, W = x.shape
    OH = output_size(H, KH, stride, padding)
    OW = output_size(W, KW, stride, padding)
    cols = im2col(x, KH, KW, stride, padding)
    out = weights.reshape(F, -1) @ cols + bias.reshape(-1, 1)
    out = out.reshape(N, F, OH, OW)
    return out, cols
