package io.alidade.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// An n-dimensional array in native memory with the operations Alidade needs, row-major.
///
/// Operations borrow their arguments and return a new tensor into the current [TensorScope];
/// operations whose name ends in `InPlace`, and [#add], write into this tensor. Views ([#narrow],
/// [#view], [#transpose]) share memory with the tensor they come from. Shapes that do not fit are
/// reported by libtorch with both shapes.
public final class Tensor implements AutoCloseable {
  private static final String GELU_TANH = "tanh";
  private static final String GELU_EXACT = "none";

  private final org.bytedeco.pytorch.Tensor handle;

  Tensor(org.bytedeco.pytorch.Tensor handle) {
    this.handle = handle;
  }

  org.bytedeco.pytorch.Tensor handle() {
    return handle;
  }

  // ---- creation ------------------------------------------------------------------------------

  /// Uninitialised memory.
  public static Tensor empty(DType dtype, long... shape) {
    LibTorch.load();
    return new Tensor(torch.empty(shape, options(dtype), null));
  }

  public static Tensor zeros(DType dtype, long... shape) {
    LibTorch.load();
    return new Tensor(torch.zeros(shape, options(dtype)));
  }

  /// Uninitialised memory that belongs to the caller and not to any scope: the caller closes it.
  public static Tensor owned(DType dtype, long... shape) {
    try (var scope = TensorScope.open()) {
      return scope.release(empty(dtype, shape));
    }
  }

  /// A copy of the values, `[values]` viewed as `shape`.
  public static Tensor of(float[] values, long... shape) {
    Tensor tensor = empty(DType.FLOAT32, shape);
    tensor.memory().copyFrom(MemorySegment.ofArray(values));
    return tensor;
  }

  /// A copy of the values, `[values]` viewed as `shape`.
  public static Tensor of(double[] values, long... shape) {
    Tensor tensor = empty(DType.FLOAT64, shape);
    tensor.memory().copyFrom(MemorySegment.ofArray(values));
    return tensor;
  }

  /// A vector of indices.
  public static Tensor of(long... values) {
    Tensor tensor = empty(DType.INT64, values.length);
    tensor.memory().copyFrom(MemorySegment.ofArray(values));
    return tensor;
  }

  /// Values that lie somewhere already, such as in a mapped file, not copied. They must stay there
  /// while the tensor is used, and must not be written to if that memory may not be.
  public static Tensor over(MemorySegment memory, DType dtype, long... shape) {
    LibTorch.load();
    if (!memory.scope().isAlive()) {
      throw new IllegalStateException("the memory is closed already");
    }
    if (memory.byteSize() != elements(shape) * dtype.bytes()) {
      throw new IllegalArgumentException(
          "%d bytes are not %s of shape %s"
              .formatted(memory.byteSize(), dtype, Arrays.toString(shape)));
    }
    return new Tensor(torch.from_blob(new Borrowed(memory), shape, options(dtype)));
  }

  /// A pointer to memory that JavaCPP does not free.
  private static final class Borrowed extends Pointer {
    Borrowed(MemorySegment memory) {
      this.address = memory.address();
    }
  }

  /// Normal noise of the given standard deviation, a function of the seed alone.
  public static Tensor normal(long seed, double deviation, DType dtype, long... shape) {
    double[] values = new double[Math.toIntExact(elements(shape))];
    var random = new java.util.SplittableRandom(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian() * deviation;
    }
    return of(values, shape).to(dtype);
  }

  /// 0 with the given probability and else `1 / (1 − probability)`, a function of the seed alone.
  public static Tensor dropoutMask(long seed, double probability, DType dtype, long... shape) {
    Tensor mask = empty(dtype, shape);
    var generator = torch.make_generator_cpu(seed);
    mask.handle.bernoulli_(1 - probability, new GeneratorOptional(generator));
    return mask.timesInPlace(1 / (1 - probability));
  }

  /// Stacks along the first dimension tensors that agree in the others.
  public static Tensor concatenate(List<Tensor> parts) {
    return concatenate(parts, 0);
  }

  public static Tensor concatenate(List<Tensor> parts, int dimension) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    var handles = parts.stream().map(Tensor::handle).toArray(org.bytedeco.pytorch.Tensor[]::new);
    return new Tensor(torch.cat(new TensorVector(handles), dimension));
  }

  private static TensorOptions options(DType dtype) {
    return new TensorOptions(dtype.scalarType());
  }

  // ---- shape and views -----------------------------------------------------------------------

  public long[] shape() {
    long[] shape = new long[(int) handle.dim()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = handle.size(i);
    }
    return shape;
  }

  public long size(int dimension) {
    return handle.size(dimension);
  }

  /// Bytes of its elements, whether it has them for itself or shares them.
  public long bytes() {
    return elements(shape()) * dtype().bytes();
  }

  public DType dtype() {
    try (var type = handle.dtype()) {
      var scalarType = type.toScalarType().intern();
      for (DType dtype : DType.values()) {
        if (dtype.scalarType() == scalarType) {
          return dtype;
        }
      }
      throw new IllegalStateException("element type " + scalarType + " is not one Alidade uses");
    }
  }

  /// The slice of `length` entries from `start` along a dimension, sharing memory.
  public Tensor narrow(int dimension, long start, long length) {
    return new Tensor(handle.narrow(dimension, start, length));
  }

  public Tensor view(long... shape) {
    return new Tensor(handle.view(shape));
  }

  /// As [#view], copying where the memory does not allow a view.
  public Tensor reshape(long... shape) {
    return new Tensor(handle.reshape(shape));
  }

  /// The diagonal of a matrix, a view.
  public Tensor diagonal() {
    return new Tensor(handle.diagonal());
  }

  public Tensor transpose(int first, int second) {
    return new Tensor(handle.transpose(first, second));
  }

  /// The transpose of a matrix, sharing memory.
  public Tensor t() {
    return new Tensor(handle.t());
  }

  public Tensor expand(long... shape) {
    return new Tensor(handle.expand(shape));
  }

  /// The complex numbers `cos a + i·sin a` of these angles, with parts of type `dtype`.
  public Tensor unitComplex(DType dtype) {
    Tensor cos = new Tensor(torch.cos(handle)).to(dtype);
    Tensor sin = new Tensor(torch.sin(handle)).to(dtype);
    var pairs = new TensorVector(cos.handle, sin.handle);
    return new Tensor(torch.stack(pairs, -1)).asComplex();
  }

  /// `base` to the power of each element.
  public Tensor powerOf(double base) {
    return new Tensor(torch.pow(new Scalar(base), handle));
  }

  /// Pairs along the last dimension read as complex numbers, sharing memory: `[…, 2]` → `[…]`.
  public Tensor asComplex() {
    return new Tensor(torch.view_as_complex(handle));
  }

  // ---- gathering -----------------------------------------------------------------------------

  /// Rows by index: `[rows, …]` and `[n]` → `[n, …]`.
  public Tensor rows(Tensor indices) {
    return new Tensor(handle.index_select(0, indices.handle));
  }

  /// Adds `source` rows into this tensor's rows at `indices`; repeated indices add up.
  public Tensor addRows(Tensor indices, Tensor source) {
    handle.index_add_(0, indices.handle, source.handle);
    return this;
  }

  /// Writes `source` rows into this tensor's rows at `indices`.
  public Tensor setRows(Tensor indices, Tensor source) {
    handle.index_copy_(0, indices.handle, source.handle);
    return this;
  }

  // ---- arithmetic ----------------------------------------------------------------------------

  /// `this = left · right`, matrices, into memory that exists already.
  public Tensor setMatmul(Tensor left, Tensor right, double scale) {
    handle.addmm_(left.handle, right.handle, new Scalar(0.0), new Scalar(scale));
    return this;
  }

  /// Matrix product `[n, k] · [k, m]`, or batched over leading dimensions.
  public Tensor matmul(Tensor right) {
    return new Tensor(torch.matmul(handle, right.handle));
  }

  /// `this += scale · left · right`, matrices.
  public Tensor addMatmul(Tensor left, Tensor right, double scale) {
    handle.addmm_(left.handle, right.handle, new Scalar(1.0), new Scalar(scale));
    return this;
  }

  public Tensor plus(Tensor other) {
    return new Tensor(torch.add(handle, other.handle));
  }

  public Tensor minus(Tensor other) {
    return new Tensor(torch.sub(handle, other.handle));
  }

  public Tensor times(Tensor other) {
    return new Tensor(torch.mul(handle, other.handle));
  }

  public Tensor times(double factor) {
    return new Tensor(torch.mul(handle, new Scalar(factor)));
  }

  /// `this += other`.
  public Tensor add(Tensor other) {
    handle.add_(other.handle);
    return this;
  }

  /// `this += scale · other`.
  public Tensor add(Tensor other, double scale) {
    handle.add_(other.handle, new Scalar(scale));
    return this;
  }

  /// `this = left ⊙ right`, into memory that exists already.
  public Tensor setProduct(Tensor left, Tensor right) {
    torch.mul_out(handle, left.handle, right.handle);
    return this;
  }

  /// `this += value`.
  public Tensor add(double value) {
    handle.add_(new Scalar(value));
    return this;
  }

  /// `this += scale · left ⊙ right`.
  public Tensor addProduct(Tensor left, Tensor right, double scale) {
    handle.addcmul_(left.handle, right.handle, new Scalar(scale));
    return this;
  }

  /// `this += scale · numerator ⊘ denominator`.
  public Tensor addQuotient(Tensor numerator, Tensor denominator, double scale) {
    handle.addcdiv_(numerator.handle, denominator.handle, new Scalar(scale));
    return this;
  }

  public Tensor timesInPlace(Tensor other) {
    handle.mul_(other.handle);
    return this;
  }

  public Tensor timesInPlace(double factor) {
    handle.mul_(new Scalar(factor));
    return this;
  }

  /// `this = this + weight · (other − this)`.
  public Tensor lerpInPlace(Tensor other, double weight) {
    handle.lerp_(other.handle, new Scalar(weight));
    return this;
  }

  public Tensor squareRoot() {
    return new Tensor(handle.sqrt());
  }

  /// `1 / √this`.
  public Tensor inverseSquareRoot() {
    return new Tensor(torch.rsqrt(handle));
  }

  public Tensor inverse() {
    return new Tensor(torch.reciprocal(handle));
  }

  /// −1, 0 or 1 for each element.
  public Tensor sign() {
    return new Tensor(torch.sign(handle));
  }

  public Tensor silu() {
    return new Tensor(torch.silu(handle));
  }

  /// The gradient of [#silu] at `input`, times this gradient of its output.
  public Tensor siluBackward(Tensor input) {
    return new Tensor(torch.silu_backward(handle, input.handle));
  }

  /// `this = gradient ⊙ silu'(input)`, into memory that exists already.
  public Tensor setSiluBackward(Tensor gradient, Tensor input) {
    torch.silu_backward_out(handle, gradient.handle, input.handle);
    return this;
  }

  /// The Gaussian error linear unit by its tanh approximation.
  public Tensor geluTanh() {
    return new Tensor(torch.gelu(handle, GELU_TANH));
  }

  /// `this = gradient ⊙ geluTanh'(input)`, into memory that exists already.
  public Tensor setGeluTanhBackward(Tensor gradient, Tensor input) {
    torch.gelu_backward_out(handle, gradient.handle, input.handle, GELU_TANH);
    return this;
  }

  /// The Gaussian error linear unit, by the error function.
  public Tensor gelu() {
    return new Tensor(torch.gelu(handle, GELU_EXACT));
  }

  /// `this = gradient ⊙ gelu'(input)`, into memory that exists already.
  public Tensor setGeluBackward(Tensor gradient, Tensor input) {
    torch.gelu_backward_out(handle, gradient.handle, input.handle, GELU_EXACT);
    return this;
  }

  /// `this = gradient ⊙ relu'(input)`, into memory that exists already.
  public Tensor setReluBackward(Tensor gradient, Tensor input) {
    torch.threshold_backward_out(handle, gradient.handle, input.handle, new Scalar(0.0));
    return this;
  }

  /// `(this − mean) / √(variance + epsilon) ⊙ weight + bias`, mean and variance those of the last
  /// dimension.
  public Tensor layerNorm(Tensor weight, Optional<Tensor> bias, double epsilon) {
    return new Tensor(
        torch.layer_norm(
            handle,
            weight.shape(),
            new TensorOptional(weight.handle),
            bias.map(b -> new TensorOptional(b.handle)).orElseGet(TensorOptional::new),
            epsilon,
            true));
  }

  public Tensor tanh() {
    return new Tensor(handle.tanh());
  }

  public Tensor relu() {
    return new Tensor(handle.relu());
  }

  /// `1 / (1 + exp(−this))`.
  public Tensor sigmoid() {
    return new Tensor(handle.sigmoid());
  }

  public Tensor softmax(int dimension) {
    return new Tensor(torch.softmax(handle, dimension));
  }

  public Tensor logSoftmax(int dimension) {
    return new Tensor(torch.log_softmax(handle, dimension));
  }

  /// The complex conjugate, of a tensor made by [#asComplex].
  public Tensor conjugate() {
    return new Tensor(handle.conj());
  }

  // ---- reductions ----------------------------------------------------------------------------

  /// Euclidean norms along the last dimension, which stays with size 1.
  public Tensor norms() {
    return new Tensor(
        torch.norm(handle, new ScalarOptional(new Scalar(2.0)), new long[] {-1}, true));
  }

  /// Sums along the last dimension, which stays with size 1.
  public Tensor sumLast() {
    return new Tensor(handle.sum(new long[] {-1}, true, new ScalarTypeOptional()));
  }

  /// Sums over the first dimension, which disappears.
  public Tensor sumFirst() {
    return new Tensor(handle.sum(new long[] {0}, false, new ScalarTypeOptional()));
  }

  /// The largest values over the first dimension, which disappears.
  public Tensor maxFirst() {
    return new Tensor(handle.amax(new long[] {0}, false));
  }

  /// The Euclidean norm of all elements.
  public double norm() {
    return torch.norm(handle).item_double();
  }

  /// Whether no element is infinite or no number.
  public boolean allFinite() {
    // One pass over the values; only a sum that is not finite, which may have overflown, needs
    // more.
    return Double.isFinite(sum()) || torch.isfinite(handle).all().item_bool();
  }

  /// The sum of all elements.
  public double sum() {
    return handle.sum().item_double();
  }

  // ---- copying -------------------------------------------------------------------------------

  public Tensor copy() {
    return new Tensor(handle.clone());
  }

  /// This tensor in another element type; itself if it has it already.
  public Tensor to(DType dtype) {
    return dtype == dtype() ? this : new Tensor(handle.to(dtype.scalarType()));
  }

  /// This tensor with rows one after the other in memory; itself if they are.
  public Tensor contiguous() {
    return new Tensor(handle.contiguous());
  }

  /// Overwrites this tensor's values.
  public Tensor copyFrom(Tensor source) {
    handle.copy_(source.handle);
    return this;
  }

  public Tensor fill(double value) {
    try (var scalar = new Scalar(value)) {
      handle.fill_(scalar);
      return this;
    }
  }

  public float[] toFloats() {
    Tensor values = to(DType.FLOAT32).contiguous();
    float[] array = new float[Math.toIntExact(elements(shape()))];
    if (array.length > 0) {
      FloatPointer pointer = values.handle.data_ptr_float();
      pointer.get(array);
    }
    return array;
  }

  public double[] toDoubles() {
    Tensor values = to(DType.FLOAT64).contiguous();
    double[] array = new double[Math.toIntExact(elements(shape()))];
    if (array.length > 0) {
      DoublePointer pointer = values.handle.data_ptr_double();
      pointer.get(array);
    }
    return array;
  }

  public long[] toLongs() {
    Tensor values = contiguous();
    long[] array = new long[Math.toIntExact(elements(shape()))];
    if (array.length > 0) {
      LongPointer pointer = values.handle.data_ptr_long();
      pointer.get(array);
    }
    return array;
  }

  /// The tensor's own memory, valid while it lives; it must be contiguous.
  @SuppressWarnings("restricted") // the address and size come from libtorch itself
  public MemorySegment memory() {
    if (!handle.is_contiguous()) {
      throw new IllegalStateException("memory() of a tensor that is a strided view");
    }
    Pointer pointer = handle.data_ptr();
    long bytes = elements(shape()) * dtype().bytes();
    return bytes == 0
        ? MemorySegment.NULL
        : MemorySegment.ofAddress(pointer.address()).reinterpret(bytes);
  }

  /// The number of elements of a shape.
  public static long elements(long... shape) {
    long elements = 1;
    for (long size : shape) {
      elements *= size;
    }
    return elements;
  }

  /// Frees a tensor that lives outside any scope.
  @Override
  public void close() {
    handle.close();
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape()) + " " + dtype();
  }
}
