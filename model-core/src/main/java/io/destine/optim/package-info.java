/**
 * Optimisers, learning-rate schedules, clipping, and decay that also applies to table rows that no
 * batch has touched.
 */
package io.destine.optim;
