# exercise: col2im
# truth: wrong
# what: reshape to (N, OH, OW, C, KH, KW) directly without transposing cols
def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
    if len(x_shape) != 4:
        raise ValueError(f"x_shape must be (N, C, H, W), but it is {tuple(x_shape)}")
    images, channels, height, width = x_shape
    rows = channels * kernel_height * kernel_width
    if np.ndim(cols) != 2 or cols.shape[0] != rows or cols.shape[1] % images:
        raise ValueError(
            f"cols must have C*KH*KW = {rows} rows and the same number of columns for each of {images} images, but its shape is {np.shape(cols)}"
        )
    N, C, H, W = x_shape
    OH = output_size(H, kernel_height, stride, padding)
    OW = output_size(W, kernel_width, stride, padding)
    padded = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=cols.dtype)
    win = cols.reshape(N, OH, OW, C, kernel_height, kernel_width)
    for i in range(OH):
        for j in range(OW):
            padded[
                :,
                :,
                i * stride : i * stride + kernel_height,
                j * stride : j * stride + kernel_width,
            ] += win[:, i, j]
    return padded[:, :, padding : padding + H, padding : padding + W]
