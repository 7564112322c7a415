/**
 * Optimisers, learning-rate schedules, clipping, and decay that reaches table rows no batch has
 * touched.
 */
package io.destine.optim;
