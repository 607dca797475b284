# exercise: maxpool2d_backward
# truth: wrong
# what: d_x in d_out's shape
def maxpool2d_backward(d_out, max_indices, x_shape):
    if np.ndim(d_out) != 4 or np.shape(max_indices) != (*np.shape(d_out), 2):
        raise ValueError(
            f"max_indices must have shape (*d_out.shape, 2) = {(*np.shape(d_out), 2)}, "
            f"but has {np.shape(max_indices)}"
        )
    if len(x_shape) != 4 or tuple(x_shape[:2]) != d_out.shape[:2]:
        raise ValueError(f"x_shape {tuple(x_shape)} and d_out {d_out.shape} do not agree in (N, C)")
    images, channels, height, width = x_shape
    plane = np.arange(images * channels).reshape(images, channels, 1, 1)
    pixel = (plane * height + max_indices[..., 0]) * width + max_indices[..., 1]
    d_x = np.zeros(d_out.size, dtype=d_out.dtype)
    np.add.at(d_x, pixel.ravel(), d_out.ravel())
    return d_x.reshape(d_out.shape)
