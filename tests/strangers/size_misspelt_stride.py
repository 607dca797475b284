# exercise: output_size
# truth: wrong
# what: strid for stride
def output_size(input_size, kernel_size, stride=1, padding=0):
    return (input_size+2*padding-kernel_size)//strid+1
