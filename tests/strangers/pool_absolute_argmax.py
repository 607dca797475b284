# exercise: maxpool2d_forward
# truth: wrong
# what: argmax of abs value
def maxpool2d_forward(x, pool_size=2, stride=2):
    if np.ndim(x) != 4:
        raise ValueError(f"x must be 4-D (N, C, H, W), but its shape is {np.shape(x)}")
    if pool_size < 1 or stride < 1:
        raise ValueError(f"pool_size ({pool_size}) and stride ({stride}) must be at least 1")
    if pool_size > min(x.shape[2:]):
        raise ValueError(f"pool_size ({pool_size}) is larger than the image {x.shape[2:]}")
    N, C, H, W = x.shape
    OH = (H - pool_size) // stride + 1
    OW = (W - pool_size) // stride + 1
    win = np.lib.stride_tricks.sliding_window_view(x, (pool_size, pool_size), (2, 3))[
        :, :, ::stride, ::stride
    ]
    flat = win.reshape(N, C, OH, OW, -1)
    k = np.abs(flat).argmax(-1)
    rows = np.arange(OH)[:, None] * stride + k // pool_size
    cs = np.arange(OW)[None, :] * stride + k % pool_size
    return (np.take_along_axis(flat, k[..., None], -1)[..., 0], np.stack([rows, cs], -1))
