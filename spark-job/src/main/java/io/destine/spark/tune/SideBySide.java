package io.destine.spark.tune;

import io.destine.spark.internals.DaemonThreads;
import io.destine.spark.internals.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Runs pieces of work in parallel. After a failure, no further piece is started; the running ones
 * are finished first.
 *
 * @param threads number of parallel pieces of work; with 1, the caller's thread runs them
 */
record SideBySide(int threads) {

  /** A piece of work that computes a part of a whole. */
  record Work<K, V>(K whole, Supplier<V> part) {}

  /**
   * Runs all pieces of work, in order.
   *
   * @param complete receives the results of a whole, in the order of its pieces, once the last one
   *     is finished; one call at a time
   */
  <K, V> void run(List<Work<K, V>> works, BiConsumer<K, List<V>> complete) {
    Results<K, V> results = new Results<>(works, complete);
    if (threads == 1) {
      for (int n = 0; n < works.size(); n++) {
        results.put(n, works.get(n).part().get());
      }
      return;
    }
    AtomicBoolean failed = new AtomicBoolean();
    ExecutorService pool = Executors.newFixedThreadPool(threads, new DaemonThreads("trial"));
    List<Future<Void>> futures = new ArrayList<>();
    for (int n = 0; n < works.size(); n++) {
      int number = n;
      futures.add(
          pool.submit(
              () -> {
                if (!failed.get()) {
                  try {
                    results.put(number, works.get(number).part().get());
                  } catch (Throwable e) {
                    failed.set(true);
                    throw e;
                  }
                }
                return null;
              }));
    }
    pool.shutdown();
    Throwable first = null;
    for (Future<Void> future : futures) {
      try {
        Outcome.of(future);
      } catch (Throwable e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      Outcome.of(CompletableFuture.failedFuture(first));
    }
  }

  /** Results by piece of work. */
  private static final class Results<K, V> {
    private final List<Work<K, V>> works;
    private final BiConsumer<K, List<V>> complete;
    private final Map<Integer, V> done = new HashMap<>();

    Results(List<Work<K, V>> works, BiConsumer<K, List<V>> complete) {
      this.works = works;
      this.complete = complete;
    }

    synchronized void put(int n, V result) {
      done.put(n, result);
      K whole = works.get(n).whole();
      List<V> all = new ArrayList<>();
      for (int i = 0; i < works.size(); i++) {
        if (works.get(i).whole().equals(whole)) {
          if (!done.containsKey(i)) {
            return;
          }
          all.add(done.get(i));
        }
      }
      complete.accept(whole, all);
    }
  }
}
