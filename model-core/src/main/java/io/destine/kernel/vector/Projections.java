package io.destine.kernel.vector;

import io.destine.param.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Weight matrices that are applied to the same input, stacked so that one product computes all of
 * them: numbers [outputs, inputs], row-major, both sides padded; also the biases, once per output
 * and lane, and the sums of the gradients.
 *
 * <p>A scaled part is stored multiplied by its scale; its gradient is multiplied by the scale when
 * it is copied out.
 */
final class Projections implements DenseTensors.Part {
  /** The effect of a bias. */
  enum Bias {
    /** It is added, if the network has it. */
    USED,
    /** It cancels out: its gradient is zero. */
    DEAD
  }

  private record Tensor(
      ParameterLayout.Tensor values,
      ParameterLayout.Tensor bias,
      Columns outs,
      int row,
      double scale) {}

  private final DenseTensors tensors;
  private final Columns inputs;
  private final int inputStep;
  private final List<Tensor> stack = new ArrayList<>();
  private int outputs;
  private boolean biased;
  private int weights;
  private int biases;
  private LaneSums weightSums;
  private LaneSums biasSums;

  Projections(DenseTensors tensors, Columns inputs) {
    this.tensors = tensors;
    this.inputs = inputs;
    inputStep = inputs.padded();
  }

  /**
   * Stacks the tensor name.weight, and name.bias if there is one.
   *
   * @return its first row in the stack
   */
  int add(String name, Columns outs, double scale, Bias bias) {
    boolean added = bias == Bias.USED && tensors.has(name + ".bias");
    biased |= added;
    int row = outputs;
    stack.add(
        new Tensor(
            tensors.tensor(name + ".weight"),
            added ? tensors.tensor(name + ".bias") : null,
            outs,
            row,
            scale));
    outputs += outs.padded();
    return row;
  }

  /** Reserves memory for the stack. */
  void reserve(Memory memory) {
    weights = memory.reserve((long) outputs * inputStep);
    biases = memory.reserve((long) (outputs + LaneMatrix.SPARE) * Lanes.LENGTH);
    weightSums = LaneSums.reserve(memory, outputs * inputStep, LaneMatrix.SPARE * inputStep);
    biasSums = LaneSums.reserve(memory, outputs, LaneMatrix.SPARE);
    tensors.add(this);
  }

  /** Number of outputs, with padding. */
  int outputs() {
    return outputs;
  }

  /** True when any part of the stack has a bias with an effect. */
  boolean hasBias() {
    return biased;
  }

  /** The numbers from row {@code row} on, output by output: element (output, input). */
  Operand byOutput(int row) {
    return new Operand(weights + row * inputStep, inputStep, 1);
  }

  /** The numbers from row {@code row} on, input by input: element (input, output). */
  Operand byInput(int row) {
    return new Operand(weights + row * inputStep, 1, inputStep);
  }

  /** Position of the bias vector of a row. */
  int bias(int row) {
    return biases + row * Lanes.LENGTH;
  }

  /** The sums of the gradients of a bank, as element (input, output) from row {@code row} on. */
  Operand sums(int bank, int row) {
    return new Operand(
        weightSums.at(bank) + row * inputStep * Lanes.LENGTH,
        Lanes.LENGTH,
        inputStep * Lanes.LENGTH);
  }

  /** Position of the sum of the bias gradient of a row. */
  int biasSum(int bank, int row) {
    return biasSums.at(bank) + row * Lanes.LENGTH;
  }

  @Override
  public void load(double[] dense, float[] s) {
    for (Tensor t : stack) {
      int from = t.values().offset();
      for (int o = 0; o < t.outs().size(); o++) {
        int row = t.row() + t.outs().at(o);
        for (int i = 0; i < inputs.size(); i++) {
          s[weights + row * inputStep + inputs.at(i)] = (float) (dense[from++] * t.scale());
        }
        if (t.bias() != null) {
          int at = bias(row);
          Arrays.fill(s, at, at + Lanes.LENGTH, (float) (dense[t.bias().offset() + o] * t.scale()));
        }
      }
    }
  }

  @Override
  public void clear(float[] s) {
    weightSums.clear(s);
    biasSums.clear(s);
  }

  @Override
  public void collect(float[] s, float[] gradient) {
    for (Tensor t : stack) {
      int into = t.values().offset();
      for (int o = 0; o < t.outs().size(); o++) {
        int row = t.row() + t.outs().at(o);
        for (int i = 0; i < inputs.size(); i++) {
          gradient[into++] =
              (float) (weightSums.total(s, row * inputStep + inputs.at(i)) * t.scale());
        }
        if (t.bias() != null) {
          gradient[t.bias().offset() + o] = (float) (biasSums.total(s, row) * t.scale());
        }
      }
    }
  }
}
