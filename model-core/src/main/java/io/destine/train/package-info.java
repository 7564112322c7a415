/**
 * Training without a cluster: the rows of each step, gradient sums that are bit-identical in any
 * order, and the whole algorithm in one process.
 */
package io.destine.train;
