# exercise: output_size
# truth: wrong
# what: 2 + padding for 2 * padding
def output_size(input_size, kernel_size, stride=1, padding=0):
    return (input_size+2+padding-kernel_size)//stride+1
