# exercise: im2col
# truth: wrong
# what: the number of the column is never raised
def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
    n,c,h,w=x.shape
    x=np.pad(x,((0,0),(0,0),(padding,padding),(padding,padding)))
    oh=output_size(h,kernel_height,stride,padding); ow=output_size(w,kernel_width,stride,padding)
    cols=np.zeros((c*kernel_height*kernel_width,n*oh*ow),dtype=x.dtype)
    k=0
    for a in range(n):
        for i in range(oh):
            for j in range(ow):
                w_=x[a,:,i*stride:i*stride+kernel_height,j*stride:j*stride+kernel_width]
                cols[:,k]=w_.reshape(-1)
    return cols
