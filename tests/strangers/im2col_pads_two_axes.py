# exercise: im2col
# truth: wrong
# what: np.pad with pairs for two of four axes
def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
    return np.pad(x,((padding,padding),(padding,padding)))
