# exercise: col2im
# truth: wrong
# what: range(OW - 1) in the place loop
def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
    N, C, H, W = x_shape
    OH, OW = (
        output_size(H, kernel_height, stride, padding),
        output_size(W, kernel_width, stride, padding),
    )
    img = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    for n in range(N):
        for i in range(OH):
            for j in range(OW - 1):
                k = (n * OH + i) * OW + j
                img[
                    n,
                    :,
                    i * stride : i * stride + kernel_height,
                    j * stride : j * stride + kernel_width,
                ] += cols[:, k].reshape(C, kernel_height, kernel_width)
    return img[:, :, padding : H + padding, padding : W + padding]
