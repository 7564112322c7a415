/**
 * Training without a cluster: which rows a step takes, how gradients add up to the same bits in any
 * order, and the whole algorithm in one thread.
 */
package io.destine.train;
