package io.destine.kernel.vector;

/**
 * A two-dimensional view of numbers or vectors in the kernel's memory: element (i, k) lies at
 * {@code at + i * step + k * next}. Either stride may be 0, which repeats an element.
 *
 * @param at position of the first element
 * @param step from one i to the next
 * @param next from one k to the next
 */
record Operand(int at, int step, int next) {}
