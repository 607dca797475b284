# exercise: maxpool2d_forward
# truth: wrong
# what: out in x's shape
def maxpool2d_forward(x, pool_size=2, stride=2):
    height, width = x.shape[2:]
    out_height = (height - pool_size) // stride + 1
    out_width = (width - pool_size) // stride + 1
    out = np.zeros(x.shape)
    place = np.zeros(out.shape, dtype=np.uint16)
    for number in range(1, pool_size**2):
        u, v = divmod(number, pool_size)
        rival = x[:, :, u : u + stride * out_height : stride, v : v + stride * out_width : stride]
        np.maximum(place, (rival > out) * np.uint16(number), out=place)
        np.maximum(out, rival, out=out)
    max_indices = np.empty((*out.shape, 2), dtype=np.intp)
    row = place // pool_size
    max_indices[..., 0] = np.arange(out_height)[:, None] * stride + row
    max_indices[..., 1] = np.arange(out_width) * stride + (place - row * pool_size)
    return out, max_indices
