# exercise: flatten_forward
# truth: wrong
# what: assumes square pictures
def flatten_forward(x):
    if np.ndim(x) != 4:
        raise ValueError(f"x must be 4-D (N, C, H, W), but its shape is {np.shape(x)}")
    return x.reshape(-1, x.shape[1] * x.shape[2] * x.shape[2])
